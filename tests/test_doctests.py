"""Examples in docstrings of losses, metrics and schedules give what they show."""

import doctest
import importlib

import pytest
import torch

from small import REPOSITORY

SRC = REPOSITORY / "src"
FILES = [*(SRC / "genarium/losses").glob("*.py"), *(SRC / "genarium/metrics").glob("*.py")]
FILES += [SRC / "genarium/training/schedules.py", SRC / "genarium/callbacks/interpolations.py"]
MODULES = sorted(
    ".".join(path.relative_to(SRC).with_suffix("").parts)
    for path in FILES
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", MODULES)
def test_examples_give_what_they_show(module):
    result = doctest.testmod(importlib.import_module(module), extraglobs={"torch": torch})
    assert result.attempted and not result.failed


def test_losses_metrics_and_schedules_have_examples():
    rooms = {module.split(".")[1] for module in MODULES}
    assert len(MODULES) >= 20 and {"losses", "metrics", "training"} <= rooms
