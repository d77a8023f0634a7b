"""The market: exact pool arithmetic, cycles, sizing, routes. Pure: no I/O, no RPC, all data injected."""
