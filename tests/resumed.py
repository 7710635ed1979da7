"""A run that is cut in the middle and goes on: what the tests of the zoos share."""

import shutil
from pathlib import Path

import pytest
import torch
from omegaconf import DictConfig

from genarium.callbacks.checkpoints import Checkpoints
from genarium.commands.train import resume
from genarium.runs.run import Run
from genarium.training.fit import train


def whole_and_resumed(config: DictConfig, cut: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, Run]:
    """A run to its end, and a copy of it as it was saved at `cut` images, gone on with to the same end."""
    whole, resumed, save = Run(folder / "whole"), Run(folder / "resumed"), Checkpoints.save

    def save_and_copy(trainer, module, name):
        save(trainer, module, name)
        if module.images_seen == cut:
            shutil.copytree(whole.folder, resumed.folder)

    monkeypatch.setattr(Checkpoints, "save", staticmethod(save_and_copy))
    train(config, whole)
    monkeypatch.setattr(Checkpoints, "save", staticmethod(save))
    resume(str(resumed.folder), [])
    return whole, resumed


def assert_same_end(whole: Run, resumed: Run) -> None:
    """Weights, buffers, averages, memories, optimizers, random numbers and logged numbers, bit for bit."""
    a, b = (torch.load(run.last, weights_only=True) for run in (whole, resumed))
    for part in ("state_dict", "optimizer_states", "random"):
        assert_same(a[part], b[part], part)
    assert list(whole.rows()) == list(resumed.rows()) != []


def assert_same(a: object, b: object, where: str) -> None:
    if isinstance(a, torch.Tensor):
        assert torch.equal(a, b), where
    elif isinstance(a, dict):
        assert a.keys() == b.keys(), where
        for key in a:
            assert_same(a[key], b[key], f"{where}.{key}")
    elif isinstance(a, list | tuple):
        assert len(a) == len(b), where
        for place, (one, other) in enumerate(zip(a, b, strict=True)):
            assert_same(one, other, f"{where}.{place}")
    else:
        assert a == b, where
