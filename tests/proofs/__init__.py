"""Proofs of the whole: the real process under what really happens to it. Each has a short version among the
tests.
"""
