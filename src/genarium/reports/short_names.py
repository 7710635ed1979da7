"""Names of settings and numbers, as short as they still differ: 'fd' for 'fd/efficientnet_lite0/2k_train'."""

from collections import Counter
from collections.abc import Iterable, Sequence

from genarium.metrics import catalog

APART = " · "  # before the protocols, in the heading of a number that was measured under several


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Name -> the shortest of its abbreviations that no other of `names` has too.

    >>> list(short_names(["fd/inception/2k", "psnr/val", "val/loss", "model.beta", "seed"]).values())
    ['fd', 'psnr', 'val/loss', 'beta', 'seed']
    >>> sorted(short_names(["model.encoder.width", "model.decoder.width"]).values())
    ['decoder.width', 'encoder.width']
    """
    found = {name: _abbreviations(name) for name in names}
    taken = Counter(short for abbreviations in found.values() for short in set(abbreviations))
    return {name: next((one for one in short if taken[one] == 1), name) for name, short in found.items()}


def _abbreviations(name: str) -> Sequence[str]:
    """From short to whole. A logged series keeps its group: val/loss and train/loss are of one kind."""
    head, apart, protocol = name.partition(APART)
    if "/" in head and catalog.find(head) and not head.startswith(("val/", "train/")):
        parts = head.split("/")
        shorter = [parts[0], *(f"{parts[0]}/{part}" for part in parts[:0:-1]), head]
        return [f"{one}{apart}{protocol}" for one in shorter]
    if "." in head and " " not in head:
        parts = head.split(".")
        return [".".join(parts[-count:]) for count in range(1, len(parts) + 1)]
    return [name]
