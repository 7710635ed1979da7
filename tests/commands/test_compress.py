"""genarium compress and decompress: one file, two processes, the same bytes."""

import numpy as np
import pytest
from PIL import Image

from genarium.api import load
from genarium.commands import compress, decompress
from genarium.commands.run_images import data_of, of_files
from genarium.data.sources.user_folder import images_in
from genarium.errors import UserError
from genarium.pixels import to_bytes
from genarium.runs.run import Run
from small import small_run, start


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder, quiet = tmp_path_factory.mktemp("coders"), ["callbacks=infrequent", "callbacks.progress=null"]
    words = {"vq_vae": (), "ae": (), "vae": ("model/likelihood=discretized_logistic",), "vae_mlp": ()}
    return {
        name: small_run(name, folder / name, *quiet, *more, images=320 if name == "vq_vae" else 32).folder
        for name, more in words.items()
    }


def photos(here, count: int) -> None:
    (here / "in").mkdir()
    random = np.random.default_rng(0)
    for number in range(count):
        Image.fromarray(random.integers(0, 256, (3, 4, 3), np.uint8)).resize((40, 30)).save(here / f"in/{number}.png")


def test_a_file_decodes_bit_for_bit_on_another_process_to_what_the_model_reconstructs(runs, here, capsys):
    photos(here, 5)
    compress.main([f"run={runs['vq_vae']}", "in=in", "out=five.vq"])
    assert "5 images of 16 x 16 px" in (said := capsys.readouterr().out) and "jpeg of one sheet" in said
    process = start("decompress", f"run={runs['vq_vae']}", "in=five.vq", "out=decoded", cwd=here)
    _, errors = process.communicate(120)
    assert process.returncode == 0, errors
    model = load(run := Run.open(runs["vq_vae"]))
    with model.evaluating(seed=0):
        expected = (
            to_bytes(model.reconstruct(of_files(data_of(run), images_in("in")).images)).permute(0, 2, 3, 1).numpy()
        )
    paths = sorted((here / "decoded").iterdir())
    assert [path.name for path in paths] == [f"000{number}.png" for number in range(1, 6)]
    assert all(np.array_equal(Image.open(path), image) for path, image in zip(paths, expected, strict=True))


def test_a_vae_writes_images_without_loss_and_another_process_reads_them(runs, here, capsys):
    photos(here, 3)
    compress.main([f"run={runs['vae']}", "in=in", "out=three.bb"])
    said = capsys.readouterr().out
    assert all(word in said for word in ("negative ELBO", "png of one sheet", "webp of one sheet", "without loss"))
    process = start("decompress", f"run={runs['vae']}", "in=three.bb", "out=decoded", cwd=here)
    _, errors = process.communicate(120)
    assert process.returncode == 0, errors
    given = to_bytes(of_files(data_of(Run.open(runs["vae"])), images_in("in")).images).permute(0, 2, 3, 1).numpy()
    for number, image in enumerate(given, 1):
        assert np.array_equal(Image.open(here / f"decoded/000{number}.png"), image)


def test_one_image_is_compressed_too(runs, here, capsys):
    photos(here, 1)
    for name, file in (("vq_vae", "one.vq"), ("vae", "one.bb")):
        compress.main([f"run={runs[name]}", "in=in/0.png", f"out={file}"])
        decompress.main([f"run={runs[name]}", f"in={file}", f"out={name}"])
        assert [path.name for path in (here / name).iterdir()] == ["0001.png"]


def test_mistakes_are_told_in_a_sentence_and_nothing_is_written(runs, here):
    photos(here, 1)
    (here / "empty").mkdir()
    (here / "none.vq").write_bytes(b"no file of codes")
    vq, ae = runs["vq_vae"], runs["ae"]
    for command, words, sentence in (
        (compress, [f"run={vq}"], "say which run, which images and which file"),
        (compress, [f"run={ae}", "in=in", "out=x.vq"], "ae has no discrete codes"),
        (compress, [f"run={vq}", "in=in", "out=x.zip"], "must end in .vq or .bb"),
        (compress, [f"run={vq}", "in=in", "out=x.bb"], r"files of this run end in \.vq: set out=x\.vq"),
        (compress, [f"run={vq}", "in=empty", "out=x.vq"], "in=empty holds no images"),
        (compress, [f"run={runs['vae_mlp']}", "in=in", "out=x.bb"], "vae_mlp writes no file without loss"),
        (decompress, [f"run={ae}", "in=none.vq", "out=x"], "ae has no discrete codes"),
        (compress, [f"run={vq}", "in=in", "out=none.vq"], "is there already"),
        (decompress, [f"run={vq}", "in=none.vq", "out=x"], "none.vq is no file of `genarium compress`"),
        (decompress, [f"run={vq}", "in=in", "out=x"], "in=in is no file"),
        (decompress, [f"run={vq}", "in=none.vq"], "say which run, which file and where to"),
    ):
        with pytest.raises(UserError, match=sentence):
            command.main(words)
    assert sorted(path.name for path in here.iterdir()) == ["empty", "in", "none.vq"]
