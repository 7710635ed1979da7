"""genarium detect: what it writes, where its threshold comes from, and a sentence for what cannot be scored."""

import csv

import pytest
import torch
from PIL import Image

from genarium.commands import detect
from genarium.commands.detect_images import features
from genarium.errors import UserError
from small import small_run

WORDS = ["callbacks=infrequent", "data.only=[0,1,2]", "data.val_fraction=0.4"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("detectors")
    made = {name: small_run(name, folder / name, *WORDS, images=32).folder for name in ("vae_mlp", "gan")}
    quiet = ["callbacks=infrequent", "callbacks.progress=null"]
    made["pix2pix_l1"] = small_run("pix2pix_l1", folder / "pix2pix_l1", *quiet, images=32).folder
    made["every"] = small_run("ae_mlp", folder / "every", *quiet, "data.only=[0,1,2,3,4,5]", images=32).folder
    return made


def table(folder) -> list[dict[str, str]]:
    with (folder / "scores.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def said(capsys, *words: str) -> str:
    detect.main([*words])
    return capsys.readouterr().out


def test_test_images_are_listed_worst_first_with_alarms_above_the_threshold(runs, here, capsys):
    lines = said(capsys, f"run={runs['vae_mlp']}", "alarm_rate=0.2")
    rows, above = table(here / "anomalies"), float(lines.split()[1])
    scores = [float(row["score"]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert [row["alarm"] == "1" for row in rows] == [score > above for score in scores]
    assert {row["class"] for row in rows if row["anomalous"] == "0"} == {"3 petals", "4 petals", "5 petals"}
    assert all(word in lines for word in ("auroc", "average_precision", "false_alarm_rate", "detection_rate"))
    assert Image.open(here / "anomalies" / "worst.png").size[0] > 500


@pytest.mark.parametrize("name, score", [("vae_mlp", "negative_elbo"), ("gan", "discriminator")])
def test_the_threshold_does_not_depend_on_the_images_that_are_judged(runs, here, capsys, name, score):
    thresholds = []
    for color in ("black", "white"):
        (here / color).mkdir()
        Image.new("RGB", (20, 30), color).save(here / color / "a.png")
        words = (f"run={runs[name]}", f"in={color}", f"score={score}", "alarm_rate=0.2", f"out=found/{color}")
        thresholds.append(said(capsys, *words).splitlines()[0])
        (row,) = table(here / "found" / color)
        assert row["image"] == "a.png"
    assert thresholds[0] == thresholds[1]


def test_features_are_of_each_image_and_gray_ones_have_them_too():
    assert features(torch.zeros(2, 1, 16, 16)).shape == (2, 1280)


def test_where_no_test_image_is_anomalous_alarms_alone_are_told(runs, here, capsys):
    lines = said(capsys, f"run={runs['every']}", "alarm_rate=0.2", "count=1")
    assert "the test split" in lines and "auroc" not in lines
    assert {row["anomalous"] for row in table(here / "anomalies")} == {"0"}


@pytest.mark.parametrize("words, sentence", [
    ([], "say which run, and which images"),
    (["run={vae_mlp}", "score=err"], "score=err is not known; did you mean error"),
    (["run={vae_mlp}", "alarm_rate=5"], "alarm_rate=5: must be a share between 0 and 1"),
    (["run={vae_mlp}", "alarm_rate=0.001"], "too few for an alarm rate of 0.001"),
    (["run={vae_mlp}", "score=discriminator"], "vae_mlp gives no score=discriminator: choose score=error or score=neg"),
    (["run={gan}", "score=error"], "gan gives no score=error: choose score=discriminator"),
    (["run={pix2pix_l1}"], "pix2pix_l1 scores no images"),
    (["run={vae_mlp}", "in=none"], "in=none does not exist"),
    (["run={vae_mlp}", "in=empty"], "in=empty holds no images"),
])  # fmt: skip
def test_mistakes_are_told_in_a_sentence_and_nothing_is_written(runs, here, words, sentence):
    (here / "empty").mkdir()
    with pytest.raises(UserError, match=sentence):
        detect.main([word.format(**runs) for word in words])
    assert not (here / "anomalies").exists()
