"""What holds for the state of any pool."""


def pair_problem(tokens: tuple[str, ...]) -> str | None:
    """Return why no pool has such tokens, or None."""
    return "a token stands on both sides" if len(set(tokens)) < len(tokens) else None


def pool_id_problem(pool_id: str) -> str | None:
    """Return why Balancer's V2 vault has no pool of such an id, or None."""
    digits = pool_id.removeprefix("0x")
    whole = len(digits) == 64 and set(digits.lower()) <= set("0123456789abcdef")  # noqa: PLR2004 - 32 bytes
    return None if whole else f"the pool id {pool_id} has not 32 bytes"
