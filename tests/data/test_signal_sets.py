"""Signals: simulated ones against their equations and programs, those of a user by person, standardized."""

import random

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from scipy.signal import find_peaks

from genarium.config.compose import composed
from genarium.data.packing.signals import HEADROOM
from genarium.data.signals import Signals
from genarium.data.sources import ecgsyn
from genarium.data.sources.ecg import Ecg
from genarium.data.sources.mnist1d import Mnist1d
from genarium.errors import UserError
from genarium.training.build import built

SETTINGS = {"sampling_rate": 64, "noise": 0.0, "seed": 0, "val_fraction": 0.1, "test_fraction": 0.1}


def signals(*words: str) -> Signals:
    return built(composed(["model=ae", "name=run", *words]).data.module, "data.module")


def of_folder(folder, *words: str) -> Signals:
    return signals("data=signals", f"data.path={folder}", "data.resolution=4", *words)


def test_a_beat_is_that_of_mcsharrys_three_equations():
    def flow(t, state):
        x, y, z = state
        away = (np.arctan2(y, x) - ecgsyn.ANGLES + np.pi) % (2 * np.pi) - np.pi
        pull = 1 - np.hypot(x, y)
        force = -(ecgsyn.SIZES * away * np.exp(-(away**2) / (2 * ecgsyn.WIDTHS**2))).sum()
        return [pull * x - 2 * np.pi * y, pull * y + 2 * np.pi * x, force - z]

    time = np.arange(0, 8, ecgsyn.STEP)
    found = solve_ivp(flow, (0, 8), [1.0, 0.0, 0.0], t_eval=time, rtol=1e-8, atol=1e-10, max_step=0.01).y[2]
    one = np.ones((1, 5))
    made = ecgsyn.integrated(ecgsyn.forcing(2 * np.pi * time[None], np.array([60.0]), one, one), ecgsyn.STEP)[0]
    assert np.abs(made - found).max() < 0.002 * np.ptp(found)


def test_hearts_beat_at_their_known_rates():
    made = Ecg(people=20, trials=1, **SETTINGS).record(640)  # ten seconds
    for signal, rate in zip(made.signals[:, 0], made.factors["heart_rate"], strict=True):
        beats, _ = find_peaks(signal, height=0.6 * signal.max(), distance=16)
        assert 60 * 64 / np.diff(beats).mean() == pytest.approx(rate, rel=0.02)


def test_nobody_is_in_two_splits_and_each_split_has_people():
    made = Ecg(people=50, trials=3, **SETTINGS).record(16)
    splits = made.splits.reshape(50, 3)
    assert (splits == splits[:, :1]).all() and set(splits[:, 0]) == {0, 1, 2}


def test_signals_of_training_are_centered_with_headroom_and_units_come_back():
    data = signals("data=ecg", "data.people=30", "data.trials=2", "data.resolution=32")
    train = data.pictures(data.split_indices("train")).images
    assert train.shape[1:] == (1, 1, 32) and train.dtype == torch.float32
    assert train.mean().abs() < 1e-5 and train.abs().max() == pytest.approx(1 / HEADROOM)
    known = Ecg(people=30, trials=2, **SETTINGS | {"noise": 0.02}).record(32)
    back = data.in_units(data.pictures(np.arange(60)).images)[:, :, 0]
    assert np.abs(back.numpy() - known.signals).max() < 1e-5


def test_mnist_1d_is_the_authors_and_leaves_the_random_numbers_alone():
    program = pytest.importorskip("mnist1d.data")
    np.random.seed(3)  # noqa: NPY002
    random.seed(3)
    before = (np.random.get_state()[1].tolist(), random.getstate())  # noqa: NPY002
    made = Mnist1d(100, 10, seed=42).record(40)
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before  # noqa: NPY002
    settings = program.get_dataset_args()
    settings.num_samples = 100
    theirs = program.make_dataset(settings)
    assert np.array_equal(made.signals[made.splits == 2, 0], theirs["x_test"])
    assert np.array_equal(made.labels[:80], theirs["y"]) and (made.splits[:80] == 1).sum() == 10


def test_without_the_program_of_mnist_1d_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "mnist1d.data", None)
    with pytest.raises(UserError, match="pip install mnist1d"):
        Mnist1d(100, 10, seed=0).record(40)


def test_a_folder_has_a_file_a_person_and_labels_in_a_column(tmp_path):
    for person in range(10):
        (tmp_path / f"{person}.csv").write_text(f"label,1,2,3,4\nrest,{person},1,2,3\nwork,{person},3,2,1\n")
    data = of_folder(tmp_path, "data.classes=2")
    back = data.in_units(data.pictures(np.arange(20)).images)[:, 0, 0].round().int()
    people = {split: set(back[data.packed.indices(split), 0].tolist()) for split in ("train", "val", "test")}
    assert [len(people[split]) for split in people] == [8, 1, 1] and set.union(*people.values()) == set(range(10))
    assert data.packed.classes == ("rest", "work") and data.packed.labels.tolist() == [0, 1] * 10


def test_people_may_stand_in_a_column_and_channels_one_after_the_other(tmp_path):
    lines = [f"p{n},{n},0,0,1,{n},1,1,0" for n in range(3)]
    (tmp_path / "all.csv").write_text("\n".join(["Person,a1,a2,a3,a4,b1,b2,b3,b4", *lines]))
    data = of_folder(tmp_path, "data.channels=2")
    assert sorted(data.packed.splits) == [0, 1, 2]
    back = data.in_units(data.pictures(np.arange(3)).images)
    assert back.shape == (3, 2, 1, 4)
    train = int(np.flatnonzero(data.packed.splits == 0)[0])
    assert torch.allclose(back[train, :, 0], torch.tensor([[train, 0, 0, 1], [train, 1, 1, 0.0]]), atol=1e-5)


@pytest.mark.parametrize(
    ("files", "words", "said"),
    [
        ({}, [], "holds no .csv files: set data.path"),
        ({"a": "1,2,3,4"}, [], "trials of 1 people, and people are split: 3 or more"),
        ({"a": "1,2,3,4", "b": "1,2,3", "c": "1,2,3,4"}, [], "trials of 3 to 4 numbers: cut them to one length"),
        ({"a": "1,2,3,4\n1,,3,4"}, [], "line 2 has '' where a number is due"),
        ({"a": "x,y\n1,2,3,4"}, [], "line 2 has 4 columns and the first line names 2"),
        ({"a": "person,y\n"}, [], "holds no trials"),
        ({"a": "1,2,3", "b": "1,2,3", "c": "1,2,3"}, [], "have 3 samples: set data.resolution=3 or less"),
        ({"a": "1,2,3", "b": "1,2,3", "c": "1,2,3"}, ["data.channels=2"], "2 channels cannot share: set data.channels"),
        ({"a": "label,1\nx,1", "b": "5", "c": "5"}, [], "with a label and trials without"),
    ],
)
def test_a_wrong_folder_is_one_sentence(tmp_path, files, words, said):
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    with pytest.raises(UserError, match=said):
        of_folder(tmp_path, *words).setup()


def test_a_folder_that_is_none_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match="is no folder"):
        of_folder(tmp_path / "none").setup()
