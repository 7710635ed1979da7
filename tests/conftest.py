"""What every test shares: a cache of its own, compositions made once, real images where they are at hand."""

import copy
import functools
import gc
import os
from pathlib import Path

import pytest
import torch

from genarium.config import compose
from small import REPOSITORY

torch.set_num_threads(1)  # as in the processes that tests start: sums in another order differ in their last bits


def pytest_collection_finish() -> None:
    """Modules stay: without them, the collection of garbage that every run begins with takes a tenth of the time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory) -> Path:
    """Packed arrays of this session, apart from the user's own."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["GENARIUM_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def composed_once():
    """Hydra composes the same overrides once (150 ms); a copy, with its interpolations alive, takes 10 ms."""
    made = functools.cache(lambda name, *overrides: with_hydra(overrides, name))
    with_hydra = compose.with_hydra
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose, "with_hydra", lambda words, name="train": copy.deepcopy(made(name, *words)))
        yield


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; skips where it is absent."""
    folder = Path(os.environ.get("GENARIUM_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "flowers-102").is_dir():
        pytest.skip(f"no real images in {folder}: set GENARIUM_DATA to run this test")
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A folder to run in, inside this process."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
