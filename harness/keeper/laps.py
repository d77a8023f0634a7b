"""How long the steps of a block take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Laps:
    """Seconds that the steps of a block take, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def begin(self) -> None:
        """Begin with another block."""
        self.seconds = {}

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        """Count what happens within as a step of that name."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
