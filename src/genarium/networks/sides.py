"""Sizes along the two sides of an image, and along the one side of a signal, which is an image of one row."""


def is_flat(height: int | None, resolution: int) -> bool:
    """Whether images of `height` and width `resolution` are signals; `height` None is that of a square."""
    return height == 1 and resolution > 1


def sides(size: int, flat: bool, down: int = 1) -> tuple[int, int]:
    """(down, right): `size` both ways; where `flat`, `down` the columns, of which there is nothing to read."""
    return (down, size) if flat else (size, size)
