"""Incident reports and their cases: who may do what, the talk, the steps, the record."""
