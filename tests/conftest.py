"""Fixtures that tests share: real images where they are at hand, a folder to run in."""

import os
from pathlib import Path

import pytest
import torch

from small import REPOSITORY

torch.set_num_threads(1)  # as in the processes that tests start: sums in another order differ in their last bits


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory) -> Path:
    """Packed arrays of this session, apart from the user's own."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["GENARIUM_CACHE"] = str(folder)
    return folder


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
