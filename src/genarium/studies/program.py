"""A function in a study's folder: an arm that trains nothing, or a measure that the evaluation has not."""

import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from genarium.errors import UserError


@dataclass(frozen=True)
class Program:
    """`arms.py:pca`: the file, in the study's folder, and its function."""

    path: Path
    function: str

    @classmethod
    def read(cls, text: str, folder: Path) -> "Program":
        """UserError where there is no such file."""
        name, colon, function = text.partition(":")
        path = folder / name
        if not colon or not function.isidentifier() or path.suffix != ".py":
            raise UserError(f"the program '{text}' must be a file in the study's folder and its function: arms.py:pca")
        if not path.is_file() or f"def {function}(" not in path.read_text(encoding="utf-8"):
            raise UserError(f"the program '{text}': there is no {path} with a function {function}")
        return cls(path, function)

    @property
    def identity(self) -> str:
        """Its name and what its file holds: a changed program is another one."""
        return f"{self.path.name}:{self.function} {hashlib.sha256(self.path.read_bytes()).hexdigest()}"

    def load(self) -> Callable[..., Any]:
        return getattr(module_of(self.path, self.path.read_bytes()), self.function)


@cache
def module_of(path: Path, held: bytes) -> ModuleType:
    """The module of a file that holds these bytes, executed once: its functions may share what they computed of a
    run."""
    spec = importlib.util.spec_from_file_location(f"study_{path.parent.name}_{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
