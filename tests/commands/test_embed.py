"""genarium embed: a picture and a page of a run's codes, and a sentence for what has no map."""

import numpy as np
import pytest
from PIL import Image

from genarium.commands import embed
from genarium.errors import UserError
from small import small_run

QUIET = ["callbacks.validate=null", "callbacks.reconstructions=null", "callbacks.samples=null"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoders")
    made = {name: small_run(name, folder / name, *QUIET, images=32).folder for name in ("ae", "dcgan")}
    made["few"] = small_run(
        "ae", folder / "few", *QUIET, "data.val_count=1", "callbacks.progress=null", images=32
    ).folder
    made["one"] = small_run(
        "ae", folder / "one", *QUIET, "data.only=[2]", "data.val_fraction=0.4", "callbacks.progress=null", images=32
    ).folder
    return made


def test_images_of_one_class_have_a_map_and_no_votes(runs, here, capsys):
    embed.main([f"run={runs['one']}", "method=pca"])
    said = capsys.readouterr().out
    assert "trustworthiness" in said and "map_knn_accuracy" not in said and (here / "map.png").exists()


def test_a_map_is_a_picture_with_its_controls_and_a_page_that_loads_nothing(runs, here, capsys):
    embed.main([f"run={runs['ae']}", "method=pca", "out=codes.png"])
    picture = Image.open(here / "codes.png")
    assert picture.width > 2.5 * picture.height and len(np.unique(np.asarray(picture).reshape(-1, 3), axis=0)) > 100
    page = (here / "codes.html").read_text(encoding="utf-8")
    assert "http:" not in page and "https:" not in page and "codes of ae" in page
    assert "trustworthiness" in capsys.readouterr().out


def test_mistakes_are_told_in_a_sentence(runs, here):
    for words, sentence in (
        ([], "say which run"),
        ([f"run={runs['dcgan']}"], "dcgan encodes no images"),
        ([f"run={runs['few']}"], "a map needs 4 images or more, and here are 1"),
        ([f"run={runs['ae']}", "split=train"], "split=train is not known; choose from test, val"),
        ([f"run={runs['ae']}", "method=tsn"], "did you mean tsne"),
        ([f"run={runs['ae']}", "count=20"], "choose perplexity=6"),
        ([f"run={runs['ae']}", "out=map.txt"], "must end in"),
    ):
        with pytest.raises(UserError, match=sentence):
            embed.main(words)
    assert not list(here.iterdir())
