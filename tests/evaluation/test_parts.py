"""LPIPS where its weights are at hand, distances class by class, and all numbers of samples from one pass."""

import pytest
import torch
import torchvision
from hydra.utils import instantiate

from genarium.bench import evaluation as bench
from genarium.commands.keep_numbers import keep
from genarium.config import compose
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.extractors import Features, TorchFidelityExtractor
from genarium.evaluation.features import of_generated
from genarium.evaluation.image_bytes import to_uint8
from genarium.metrics.lpips import BACKBONES
from genarium.reports.markdown import tables
from genarium.runs.run import Run
from small import untrained

EVALUATION = ["run=x", "evaluation=quick", "evaluation.num_samples=32", "evaluation.metrics.lpips.net=squeeze"]


def evaluation(*words: str) -> Evaluation:
    return instantiate(compose.composed([*EVALUATION, *words], "evaluate").evaluation)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """torch's cache, empty."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    return tmp_path / "hub" / "checkpoints"


RECONSTRUCTIONS = ["evaluation.measures=[reconstructions]", "evaluation.extractor=null"]


def test_without_its_weights_lpips_is_said_to_be_left_out_with_the_file_and_the_place(hub):
    book = evaluation(*RECONSTRUCTIONS).measure(*untrained("ae", "data.resolution=32"))
    assert {"mse/val", "psnr/val", "ssim/val"} <= set(book.numbers) and "lpips/val" not in book.numbers
    said = book.left_out["lpips/val"]
    assert BACKBONES["squeeze"].file in said and str(hub) in said


def test_with_its_weights_lpips_stands_beside_the_others_under_their_hash(hub, monkeypatch):
    with torch.random.fork_rng():
        torch.save(torchvision.models.squeezenet1_1(weights=None).state_dict(), hub / BACKBONES["squeeze"].file)
    monkeypatch.setitem(BACKBONES, "squeeze", BACKBONES["squeeze"]._replace(sha256=""))
    model, data = untrained("ae", "data.resolution=32")
    book = evaluation(*RECONSTRUCTIONS).measure(model, data)
    assert book.numbers["lpips/val"]["value"] > 0
    terms = book.protocols[book.numbers["lpips/val"]["protocol"]]
    assert terms["lpips"]["net"] == "squeeze" and len(terms["lpips"]["weights_sha256"]) == 64
    assert "lpips" not in book.protocols[book.numbers["psnr/val"]["protocol"]]
    assert "warnings" not in book.numbers["psnr/val"]
    model.reconstruct = lambda x: x
    assert evaluation(*RECONSTRUCTIONS).measure(model, data).numbers["lpips/val"]["value"] == 0


def test_the_distance_of_each_class_is_kept_and_shown_on_demand(tmp_path):
    book = evaluation("evaluation.measures=[classes]", "evaluation.num_samples=48").measure(*untrained("cgan"))
    name = "intra_fd/efficientnet_lite0/48_train"
    entry = book.numbers[name]
    assert set(book.numbers) == {name}
    assert set(entry["parts"]) == {f"{petals} petals" for petals in range(3, 9)}
    assert entry["value"] == pytest.approx(sum(entry["parts"].values()) / 6)
    run = Run(tmp_path / "run")
    run.folder.mkdir()
    run.config.write_text("seed: 0\n")
    keep(run, book)
    assert "5 petals" not in tables([run], "") and f"| {name} |" in tables([run], "")
    by_class = tables([run], "", ["intra_fd/*/*/*"])
    assert f"| {name}/5 petals |" in by_class and f"| {name} |" not in by_class


def test_distances_and_modes_come_from_one_pass_over_the_samples():
    model, data = untrained("dcgan")
    drawn = []
    sample = model.sample
    model.sample = lambda count, generator=None: drawn.append(count) or sample(count, generator)
    small = ["evaluation.metrics.modes.images=60", "evaluation.metrics.modes.batch_size=30"]
    ticks = []
    whole = evaluation("evaluation.measures=[samples,modes]", *small)
    book = whole.measure(model, data, ticks.append)
    assert {"fd/efficientnet_lite0/32_train", "modes_covered/32", "mode_classifier_accuracy/val"} <= set(book.numbers)
    assert sum(drawn) == 32
    assert sum(ticks) == whole.work(model, data)


def test_codes_of_categories_have_a_rate_though_no_gaussian_posterior():
    model, data = untrained("gumbel_vae")
    rows = data.split_indices("val")
    words = ["evaluation.measures=[codes]", "evaluation.extractor=null", f"evaluation.num_samples={len(rows)}"]
    book = evaluation(*words).measure(model, data, lambda count: None)
    x = data.pictures(rows, model.device).images
    with torch.no_grad():
        assert book.numbers["rate/val"]["value"] == pytest.approx(
            model.eval().rate_per_latent(x).sum(1).mean().item(), rel=1e-3
        )
    assert "active_units/val" not in book.numbers


def test_what_is_said_of_the_range_is_said_of_the_whole_set():
    extractor = lambda images: Features(torch.zeros(len(images), 2), None)
    beyond, within = torch.full((10, 1, 8, 8), 1.5), torch.full((30, 1, 8, 8), 0.5)
    said = of_generated([beyond, within], extractor).warnings
    assert "25.00% of the pixel values" in said[0] and "no pixel value is below 0" in said[1]
    assert of_generated([within, -within], extractor).warnings == ()


def test_the_speed_of_an_evaluation_is_a_ratio_to_the_bare_forward(monkeypatch):
    for name, value in {"ROUNDS": 1, "SUBSET": 8, "SIDE": 16}.items():
        monkeypatch.setattr(bench, name, value)
    extractor, made = TorchFidelityExtractor(bench.NAME), torch.rand(24, 3, 16, 16) * 2 - 1
    row = bench.one_pass(extractor, made, extractor(to_uint8(made.flip(0))).features)
    assert row.value > 0 and row.aim == "<= 1.1"
