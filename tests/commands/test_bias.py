"""genarium bias: a table, the rarest first, and a line for each class."""

import csv

import pytest
import torch
from PIL import Image

from genarium.commands import bias
from genarium.errors import UserError
from genarium.uses.bias import log_density
from small import small_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoders")
    words = {"vae_mlp": (), "gan": (), "ae_mlp": ("data.only=[0]", "data.count=600")}
    return {
        name: small_run(name, folder / name, "callbacks=infrequent", *more, images=32).folder
        for name, more in words.items()
    }


def test_images_are_listed_rarest_first_and_classes_with_their_shares(runs, here, capsys):
    bias.main([f"run={runs['vae_mlp']}"])
    lines = capsys.readouterr().out.splitlines()
    with (here / "bias" / "densities.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    densities = [float(row["log_density"]) for row in rows]
    assert densities == sorted(densities) and {row["class"] for row in rows} == {f"{n} petals" for n in range(3, 9)}
    assert sum(int(line.split()[2]) for line in lines[1:7]) == len(rows)
    assert Image.open(here / "bias" / "rarest.png").size[0] > 500


def test_of_many_classes_those_with_the_rarest_codes_are_printed_and_a_file_has_all(runs, here, capsys, monkeypatch):
    monkeypatch.setattr("genarium.commands.bias_images.PRINTED", 2)
    bias.main([f"run={runs['vae_mlp']}"])
    lines = capsys.readouterr().out.splitlines()
    with (here / "bias" / "groups.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    densities = [float(row["log_density"]) for row in rows]
    assert densities == sorted(densities) and len(rows) == 6 and lines[1].startswith(rows[0]["class"])
    assert "… and 4 classes with commoner codes" in lines


def test_images_of_one_class_have_no_groups_to_compare(runs, here, capsys):
    bias.main([f"run={runs['ae_mlp']}", "out=one"])
    assert "no groups: all images are of one class" in capsys.readouterr().out


def test_one_image_is_listed_too(tmp_path, here, capsys):
    words = ["callbacks=infrequent", "callbacks.progress=null", "callbacks.validate=null", "data.val_count=1"]
    bias.main([f"run={small_run('ae_mlp', tmp_path / 'one', *words, images=32).folder}", "split=val"])
    with (here / "bias" / "densities.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 1
    assert "no groups" in capsys.readouterr().out


def test_one_training_image_has_no_density():
    with pytest.raises(UserError, match="two training images or more"):
        log_density(torch.zeros(3, 2), reference=torch.zeros(1, 2))


@pytest.mark.parametrize("words, sentence", [
    ([], "say which run"),
    (["run={gan}"], "gan encodes no images"),
    (["run={vae_mlp}", "split=tset"], "split=tset is not known; did you mean test"),
])  # fmt: skip
def test_mistakes_are_told_in_a_sentence_and_nothing_is_written(runs, here, words, sentence):
    with pytest.raises(UserError, match=sentence):
        bias.main([word.format(**runs) for word in words])
    assert not (here / "bias").exists()
