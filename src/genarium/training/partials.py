"""What Hydra builds, without Hydra: its partial objects check their target at each call, for 0.24 ms, and its nodes are
put in the place of dataclasses."""

from dataclasses import is_dataclass
from functools import partial
from typing import Any

from omegaconf import Container, OmegaConf
from torch import nn


def unchecked(part: Any, seen: set[int] | None = None) -> Any:
    """`part` with functools' own `partial` in the place of each subclass of it, and plain objects in that of nodes: in
    networks, dataclasses, containers and objects of this package, at any depth, changed in place. `seen` are ids."""
    seen = set() if seen is None else seen
    if isinstance(part, Container):
        return unchecked(OmegaConf.to_object(part), seen)
    if isinstance(part, partial):
        keywords = {name: unchecked(value, seen) for name, value in part.keywords.items()}
        return partial(unchecked(part.func, seen), *(unchecked(value, seen) for value in part.args), **keywords)
    if type(part) is tuple:
        return tuple(unchecked(value, seen) for value in part)
    if id(part) in seen:
        return part
    seen.add(id(part))
    if isinstance(part, list):
        part[:] = [unchecked(value, seen) for value in part]
    elif isinstance(part, dict):
        part.update({name: unchecked(value, seen) for name, value in part.items()})
    elif opened(part):  # not by setattr: a dataclass may be frozen
        vars(part).update({name: unchecked(value, seen) for name, value in vars(part).items()})
    return part


def opened(part: Any) -> bool:
    """Whether to look into an object: networks, dataclasses, whatever this package defines; never classes."""
    if isinstance(part, type) or not hasattr(part, "__dict__"):
        return False
    return isinstance(part, nn.Module) or is_dataclass(part) or type(part).__module__.startswith("genarium.")
