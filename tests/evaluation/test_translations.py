"""Translations are judged against the true answer, beside controls that need no network."""

import math

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.linear_model import Ridge as ScikitRidge
from torch import Tensor

from genarium.config import compose
from genarium.config.compose import composed
from genarium.errors import UserError
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.extractors import Features, TorchFidelityExtractor
from genarium.evaluation.pairs import Pairs
from genarium.evaluation.protocol import Subject
from genarium.evaluation.ridge import STRENGTHS, Ridge, fitted
from genarium.evaluation.samplers import PriorSampler
from genarium.evaluation.translation_controls import controls
from genarium.evaluation.translation_measures import consistency
from genarium.evaluation.translations import paired
from genarium.metrics.color import color_intersections, lab
from genarium.metrics.translation import hole_psnr, luma_psnr, seam_ratio
from genarium.training.build import built
from genarium.transforms.corruption import grayscale
from genarium.transforms.degradation import Decimate, Downsample, Missing
from genarium.transforms.domains import edges
from genarium.transforms.missing import missing_center
from small import configured

SETTINGS = {
    "translations": {"fit": 60, "noise": 0.02},
    "factor_reader": {"width": 4, "images": 400, "batch_size": 40, "learning_rate": 0.003, "seed": 0},
}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def images(count: int = 30, side: int = 16) -> Tensor:
    """Smooth random images, (count, 3, side, side)."""
    coarse = torch.rand(count, 3, 4, 4) * 2 - 1
    return torch.nn.functional.interpolate(coarse, size=side, mode="bilinear", align_corners=False)


def made_by(name: str, tried: Pairs, train: Pairs) -> Tensor:
    return dict(controls(tried, train))[name]()


def measured(model: str, *words: str, rule=None):
    """The numbers of an untrained model, or of `rule` in its place."""
    config = configured(model, "data.count=120", "data.val_fraction=0.3", *words)
    data, made = built(config.data.module, "data.module"), built(config.model, "model")
    if rule is not None:
        made.translate = rule
    return evaluation().measure(made, data)


def evaluation() -> Evaluation:
    return Evaluation(None, PriorSampler(), ["translations"], 40, "train", "val", 0, SETTINGS)


def test_ridge_regression_is_scikit_learns():
    x, y = torch.rand(40, 30, dtype=torch.float64), torch.rand(40, 7, dtype=torch.float64)
    penalty = 0.1 * ((x - x.mean(0)).square().sum(1)).mean().item()
    theirs = ScikitRidge(alpha=penalty).fit(x.numpy(), y.numpy()).predict(x.numpy())
    assert np.allclose(fitted(x, y, 0.1)(x).numpy(), theirs)


def test_ridge_learns_a_linear_map_and_takes_the_strength_that_predicts_best():
    x, noise = torch.rand(200, 10), torch.randn(200, 10)
    turn = torch.linalg.qr(torch.randn(10, 10))[0]
    assert Ridge(x, x @ turn).strength == min(STRENGTHS) and Ridge(x, noise).strength == max(STRENGTHS)
    assert (Ridge(x, (x - 0.5) @ turn)(x) - (x - 0.5) @ turn).abs().max() < 0.01


def test_a_harmonic_fill_has_no_laplacian_in_the_hole_and_keeps_a_ramp():
    ramp = torch.linspace(-1, 1, 16).expand(2, 3, 16, 16).contiguous()
    pairs = Pairs(Missing(4, lambda x: missing_center(x, 0.5), 0.0)(ramp), ramp)
    assert torch.allclose(made_by("harmonic", pairs, pairs), ramp, atol=1e-5)
    pairs = Pairs(Missing(4, lambda x: missing_center(x, 0.5), 0.0)(images(2)), images(2))
    made = made_by("harmonic", pairs, pairs)
    around = made[:, :, :-2, 1:-1] + made[:, :, 2:, 1:-1] + made[:, :, 1:-1, :-2] + made[:, :, 1:-1, 2:]
    inside = pairs.missing[:, :, 1:-1, 1:-1].expand_as(around)
    assert ((4 * made[:, :, 1:-1, 1:-1] - around)[inside]).abs().max() < 1e-5
    assert torch.equal(made[~pairs.missing.expand_as(made)], pairs.shown[~pairs.missing.expand_as(made)])


def test_telea_keeps_what_is_known_and_fills_a_flat_image_flatly():
    pytest.importorskip("cv2")
    flat = torch.full((2, 3, 16, 16), 51 / 127.5 - 1)
    pairs = Pairs(Missing(4, lambda x: missing_center(x, 0.5), 1.0)(flat), flat)
    made = made_by("telea", pairs, pairs)
    assert (made - flat).abs().max() < 0.02  # two gray levels, of its own arithmetic
    assert torch.equal(made[:, :, 0], pairs.shown[:, :, 0])


@pytest.mark.parametrize("method", ["bilinear", "bicubic", "lanczos"])
def test_an_enlarged_image_is_pillows(method):
    """To a rounding of 8 bits: Pillow's own colors are bytes."""
    x = images()
    pairs = Pairs(Downsample(3, 4)(x), x)
    small = ((pairs.sources[0, :, ::4, ::4] + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    theirs = np.asarray(Image.fromarray(small).resize((16, 16), Image.Resampling[method.upper()]))
    ours = (made_by(method, pairs, pairs)[0].permute(1, 2, 0).numpy() + 1) * 127.5
    assert pairs.factor == 4 and np.abs(ours - theirs).max() < 2


@pytest.mark.parametrize("degradation", [Downsample(3, 4), Decimate(3, 4)])
def test_the_truth_made_small_again_is_the_source(degradation):
    x = images()
    pairs = Pairs(degradation(x), x)
    assert consistency(pairs, x)["consistency_psnr"] > 90  # to the rounding of single precision
    assert consistency(pairs, x.roll(1, 0))["consistency_psnr"] < 30


@pytest.mark.parametrize("method", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("degradation", [Downsample(3, 4), Decimate(3, 4)])
def test_an_enlarged_ramp_is_the_ramp_wherever_its_pixels_were_taken(degradation, method):
    """Up to the border, where nothing is known; a shift of half a pixel would be 1 / 31."""
    ramp = torch.linspace(-1, 1, 32).expand(2, 3, 32, 32).contiguous()
    pairs = Pairs(degradation(ramp), ramp)
    assert pairs.factor == 4 and (made_by(method, pairs, pairs) - ramp)[..., 12:20, 12:20].abs().max() < 0.01


def test_by_luma_finds_a_color_that_luma_tells():
    x = images()
    gray = grayscale(x)
    colored = (gray + torch.tensor([0.3, -0.1, -0.2]).view(1, 3, 1, 1) * gray).clamp(-1, 1)
    pairs = Pairs(gray, colored)
    assert pairs.is_gray and (made_by("by_luma", pairs, pairs) - colored).abs().max() < 0.03


def test_gray_drawings_of_colored_images_have_the_controls_of_pairs_too():
    x = images()
    drawing = Pairs(edges(x)[:, :1].expand_as(x), x)
    assert set(dict(controls(Pairs(grayscale(x), x), drawing))) == {"copy", "ridge", "by_luma"}
    assert set(dict(controls(drawing, drawing))) == {
        "copy", "ridge", "by_luma", "mean_shift", "color_transfer", "another_target"
    }  # fmt: skip


def test_a_shift_of_color_is_found_by_the_mean_and_by_color_transfer():
    x = images() / 2
    pairs = Pairs(x, x + 0.25)
    assert torch.allclose(made_by("mean_shift", pairs, pairs), x + 0.25, atol=1e-6)
    assert set(dict(controls(pairs, pairs))) == {"copy", "ridge", "mean_shift", "color_transfer", "another_target"}


def test_a_holes_psnr_is_of_its_pixels_alone():
    """Errors outside count nothing; one of 0.2 inside is 20 dB, whatever the hole's size."""
    target, missing = torch.zeros(2, 3, 8, 8), torch.zeros(2, 1, 8, 8, dtype=torch.bool)
    missing[0, :, :2], missing[1, :, :, 3:] = True, True
    made = torch.where(missing, 0.2, 1.0).expand_as(target)
    assert hole_psnr(translation=made, target=target, missing=missing)["hole_psnr"] == pytest.approx(20.0, abs=1e-4)


def test_a_seam_is_the_step_across_a_holes_border_alone():
    """A ramp of .1 per pixel; a hole filled .2 too high has steps of .3 and .1 where its ends are, of mean twice .1."""
    target = (torch.arange(8.0) / 10).view(1, 1, 1, 8).expand(1, 3, 8, 8)
    missing = torch.zeros(1, 1, 8, 8, dtype=torch.bool)
    missing[..., 2:5] = True
    for turned in (lambda x: x, lambda x: x.transpose(2, 3)):
        made = turned(target + 0.2 * missing)
        found = seam_ratio(translation=made, target=turned(target), missing=turned(missing))
        assert found["seam_ratio"] == pytest.approx((0.3 + 0.1) / (0.1 + 0.1))


def test_luma_psnr_weighs_colors_as_published_and_leaves_out_the_border():
    """Y = 16 + 65.481 R + 128.553 G + 24.966 B, R, G and B from 0 to 1 (ITU-R BT.601)."""
    target = torch.zeros(1, 3, 16, 16)
    for channel, weight in enumerate((65.481, 128.553, 24.966)):
        made = target.clone()
        made[:, channel, 4:-4, 4:-4] = 2 * 0.1
        found = luma_psnr(translation=made, target=target, border=4)
        assert found["luma_psnr"] == pytest.approx(20 * math.log10(255 / (weight * 0.1)), abs=1e-4)
    made[:, :, 4:-4, 4:-4] = 0
    made[:, :, :4] = 1
    assert luma_psnr(translation=made, target=target, border=4)["luma_psnr"] == 100


def test_gray_has_no_chroma_and_white_is_white():
    grays = torch.linspace(-1, 1, 5).view(5, 1, 1, 1).expand(5, 3, 1, 1)
    found = lab(grays)
    assert found[:, 1:].abs().max() < 1e-3 and found[-1, 0, 0, 0].item() == pytest.approx(100)


def test_red_and_blue_share_a_and_not_b():
    """Lab of sRGB's red is (53.2, 80.1, 67.2), of its blue (32.3, 79.2, -107.9): one bin of ten in a."""
    red, blue = (torch.tensor(one).view(1, 3, 1, 1) for one in ([1.0, -1.0, -1.0], [-1.0, -1.0, 1.0]))
    found = color_intersections(translation=red, target=blue)
    assert (found["a_intersection"], found["b_intersection"]) == (1, 0)


def test_the_true_map_has_no_error_and_the_copy_is_a_row_beside_it():
    numbers = measured("pix2pix", "data/domains=negative", rule=lambda x: -x).numbers
    assert numbers["psnr/val"]["value"] == float("inf") and numbers["retrieval_at_1/val"]["value"] == 1
    assert numbers["inversion_rate/val"]["value"] == 0 and numbers["inversion_rate/val/copy"]["value"] == 1
    assert numbers["psnr/val/copy"]["value"] < 15 < numbers["psnr/val/ridge"]["value"]


@pytest.mark.parametrize(
    ("model", "one", "other"),
    [
        ("sr_l1", "model.degradation.factor=2", "model.degradation.factor=4"),
        ("inpainting", "model/degradation=missing_center", "model/degradation=missing_strokes"),
        ("inpainting", "model.degradation.mask.side=0.5", "model.degradation.mask.side=0.25"),
        ("pix2pix_l1", "data/domains=negative", "data/domains=blur"),
    ],
)
def test_numbers_of_other_sources_or_targets_have_another_protocol(model, one, other):
    """And those of the same ones the same, whatever model they are of."""
    protocol = lambda *words: measured(*words).numbers["psnr/val/copy"]["protocol"]
    assert protocol(model, one) != protocol(model, other) and protocol(model, one) == protocol(model, one)


def test_masks_of_evaluation_are_seeded_and_the_same_for_all_models():
    def sources(model: str, seed: int) -> Tensor:
        config = configured(model, "model/degradation=missing_block")
        data, made = built(config.data.module, "data.module"), built(config.model, "model")
        torch.manual_seed(int(torch.randint(1000, ())))  # whatever was drawn before
        return paired(Subject(made, data, seed, "last"), data.split_indices("val"), "val")[0]

    one = sources("inpainting", 0)
    assert torch.equal(one, sources("inpainting", 0)) and not torch.equal(one, sources("inpainting", 1))
    assert torch.equal(one, sources("pix2pix_l1", 0))


def test_masks_of_evaluation_are_those_of_the_cpu_wherever_a_run_trains(monkeypatch):
    config = configured("inpainting", "model/degradation=missing_block")
    data, made = built(config.data.module, "data.module"), built(config.model, "model")
    subject, rows = Subject(made, data, 0, "last"), data.split_indices("val")
    expected = paired(subject, rows, "val")[0]
    monkeypatch.setattr(type(data), "device", torch.device("meta"))  # where the trainer's model would lie
    assert torch.equal(paired(subject, rows, "val")[0], expected)


@pytest.mark.parametrize(
    ("model", "words", "names"),
    [
        (
            "inpainting",
            [],
            {
                "hole_psnr/val",
                "hole_psnr/val/harmonic",
                "hole_psnr/val/ridge",
                "hole_psnr/val/mean_color",
                "seam_ratio/val",
                "inversion_rate/val",
            },
        ),
        ("colorization", [], {"ab_error/val", "chroma_ratio/val/copy", "ab_error/val/by_luma", "a_intersection/val"}),
        (
            "sr_l1",
            [],
            {"consistency_psnr/val", "luma_psnr/val", "psnr/val/bicubic", "psnr/val/lanczos", "psnr/val/ridge"},
        ),
        ("cyclegan", ["data/domains=blur"], {"cycle_error/val", "cycle_error_with_noise/val", "psnr/val/copy"}),
    ],
)
def test_each_task_has_its_measures_and_controls(model, words, names):
    book = measured(model, *words)
    assert names <= set(book.numbers), book.left_out


def test_factors_are_read_beside_the_readers_own_error():
    words = ["model=pix2pix_l1", "data=garden_pairs", "data.count=120", "data.val_fraction=0.3", "data.resolution=16"]
    config = composed([*words, "name=run"])
    data, model = built(config.data.module, "data.module"), built(config.model, "model")
    model.translate = lambda x: data.examples(40, "val").images  # the true counterparts
    numbers = evaluation().measure(model, data).numbers
    read, own = numbers["factor_error/val"], numbers["factor_reader_error/val"]
    assert read["value"] == pytest.approx(own["value"]) and "petals" in read["parts"]
    assert numbers["factor_error/val/another_target"]["value"] > read["value"]


def test_no_reader_of_stored_images_tells_the_factors_of_their_negatives():
    """It never saw one, and errs as far of the true ones as who knows nothing."""
    words = ["data/domains=negative", "data.count=120", "data.val_fraction=0.3"]
    data = built(configured("pix2pix", *words).data.module, "data.module")
    assert data.packed.factors and data.knows_pairs
    numbers = measured("pix2pix", "data/domains=negative", rule=lambda x: -x).numbers
    assert not [name for name in numbers if "factor" in name]


def test_a_source_hidden_in_the_translation_comes_back_only_without_noise():
    """A translator that writes the source into the last bits of a flat gray image, and a way back that reads it."""
    config = configured("cyclegan", "data/domains=negative", "data.count=120", "data.val_fraction=0.3")
    data, model = built(config.data.module, "data.module"), built(config.model, "model")
    model.translate, model.translate_back = lambda x: 1e-4 * x, lambda y: (1e4 * y).clamp(-1, 1)
    numbers = evaluation().measure(model, data).numbers
    plain, noisy, rounded = (numbers[f"cycle_error{end}/val"]["value"] for end in ("", "_with_noise", "_of_bytes"))
    assert plain < 1e-3 and noisy > 0.3 and rounded > 0.3


def test_who_was_trained_on_a_networks_features_is_judged_by_another():
    config = configured("srgan_perceptual", "data.count=120", "data.val_fraction=0.3")
    data, model = built(config.data.module, "data.module"), built(config.model, "model")
    for name, other in (("efficientnet-lite0", "efficientnet-lite1"), ("efficientnet-lite1", None)):
        judge = Evaluation(
            TorchFidelityExtractor(name), PriorSampler(), ["translations"], 4, "train", "val", 0, SETTINGS
        )
        if other is None:
            assert set(judge.steps(model, data)) == {"translations"}
            continue
        with pytest.raises(UserError, match=f"cannot judge it: set evaluation.extractor.name={other}$"):
            judge.measure(model, data)


def test_domains_without_known_pairs_have_no_true_answer():
    words = ["data/domains=classes", "data.source_class=0", "data.target_class=1"]
    numbers = measured("cyclegan", *words).numbers
    assert "cycle_error/val" in numbers and not [name for name in numbers if name.startswith("psnr")]


class Pixels:
    """Every seventh pixel as features; counts the images that it is shown."""

    name, frechet_name, shown = "pixels", "fd/pixels", 0

    def settings(self) -> dict[str, object]:
        return {"name": self.name}

    def __call__(self, images: Tensor) -> Features:
        self.shown += len(images)
        return Features(images.flatten(1)[:, ::7].float(), None)


def test_features_of_targets_and_controls_are_found_once_for_all_models(tmp_path):
    config = configured("sr_l1", "data.count=120", "data.val_fraction=0.3", f"data.cache={tmp_path}")
    data, metrics = built(config.data.module, "data.module"), compose.checked([], "evaluate").evaluation.metrics
    extractor, found = Pixels(), []
    for _ in range(2):
        judge = Evaluation(extractor, PriorSampler(), ["translations"], 20, "train", "val", 0, {**metrics, **SETTINGS})
        found.append((judge.measure(built(config.model, "model"), data).numbers, extractor.shown))
    (first, seen), (second, in_all) = found
    controls = [name for name in first if name.startswith("fd/pixels/val/")]
    assert len(controls) == 5 and seen == 20 * (2 + len(controls)) and in_all == seen + 20
    assert [first[name] for name in controls] == [second[name] for name in controls]
    assert first["fd/pixels/val"] != second["fd/pixels/val"]
