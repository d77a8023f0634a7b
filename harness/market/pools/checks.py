"""What holds for the state of any pool."""


def pair_problem(tokens: tuple[str, ...]) -> str | None:
    """Return why no pool has such tokens, or None."""
    return "a token stands on both sides" if len(set(tokens)) < len(tokens) else None
