"""Pool arithmetic over many pools at once, compiled; harness.market.pools is what it has to equal, to the unit."""
