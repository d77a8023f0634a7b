"""The harness around the contracts: sets up, tests, deploys, watches, decides and calls."""
