"""The record: what a keeper has seen, tried, sent and done. `harness.store` is the way in."""
