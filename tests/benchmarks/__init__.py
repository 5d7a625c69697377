"""Benchmarks: run with `make bench`. They compare with a baseline in the same run and assert no times."""
