"""Mutation testing of the contracts, `make mutate`: what is changed, on which copy, and what notices it."""
