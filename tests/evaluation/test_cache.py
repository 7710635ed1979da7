"""What is measured once is measured anew where its file is damaged."""

import numpy as np
import pytest
import torch

from genarium.evaluation.cache import kept
from genarium.evaluation.features import is_whole

VALUES = {"features": torch.arange(6.0).reshape(3, 2)}


def whole(held) -> bool:
    return held["features"].shape == (3, 2)


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:-30]),
        lambda file: file.write_bytes(b"something else" * 9),
        lambda file: np.savez(file, features=np.zeros((2, 2))),
        lambda file: np.savez(file, other=np.zeros((3, 2))),
        lambda file: np.savez(file, features=np.array([{}], dtype=object)),
        lambda file: file.unlink(),
    ],
)
def test_a_damaged_file_is_made_anew_once(tmp_path, damage):
    file, made = tmp_path / "features" / "x.npz", []

    def make():
        made.append(1)
        return VALUES

    for _ in range(2):
        assert (kept(file, whole, make, "measuring")["features"] == VALUES["features"].numpy()).all()
    assert len(made) == 1
    damage(file)
    for _ in range(2):
        assert (kept(file, whole, make, "measuring")["features"] == VALUES["features"].numpy()).all()
    assert len(made) == 2 and [path.name for path in file.parent.iterdir()] == ["x.npz"]


def test_features_of_another_type_or_number_are_damage():
    right = {"features": np.zeros((3, 4), np.float32), "logits": np.zeros((3, 9), np.float32)}
    assert is_whole(right, 3) and is_whole({"features": right["features"]}, 3)
    for name in right:
        for wrong in (
            np.zeros((3, 4)),
            np.zeros((2, 4), np.float32),
            np.zeros(3, np.float32),
            np.zeros((), np.float32),
        ):
            assert not is_whole(right | {name: wrong}, 3)
