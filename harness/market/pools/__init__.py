"""Exact arithmetic of one pool, a file for each family."""
