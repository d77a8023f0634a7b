"""The keeper: sync, decide, simulate, send, report; each in its own room, `loop` walks through them."""
