"""Translators: what each player sees, what is kept, and what a translator that is right already costs."""

import functools

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.losses.adversarial import LeastSquares
from genarium.losses.reconstruction import mean_absolute_error
from genarium.models.image_regression import ImageRegression
from genarium.models.translator import Translator
from genarium.networks.kept import KeepKnown
from genarium.protocols import Batch, Decodes, Samples, Translates
from genarium.training.steps import take_steps
from genarium.transforms.degradation import Degradation, Downsample, Edges, Grayscale, Missing
from genarium.transforms.discriminator_input import Center, Pair, Target
from genarium.transforms.domains import negative
from genarium.transforms.missing import missing_block, missing_center, missing_strokes
from playing import parts, sgd

LABELS = torch.zeros(6, dtype=torch.long)


class Seen(nn.Module):
    """A discriminator of patches that remembers what it was shown."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv, self.seen = nn.Conv2d(channels, 1, 3), []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.append(x.detach())
        return self.conv(x).squeeze(1)


class Negative(nn.Module):
    """The true map of an image to its negative, with a weight that could make it another."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * negative(x)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def translator(shown=Pair, degradation=None, **others) -> Translator:
    degradation = degradation or Degradation(3)
    channels = {Pair: degradation.channels + 3}.get(shown, 3)
    own = {"degradation": degradation, "discriminator_input": shown(channels), "distance": mean_absolute_error}
    own |= {"distance_weight": 100.0, "adversarial_weight": 1.0, "adversarial_loss": LeastSquares()}
    made = parts(others.pop("generator", Negative()), Seen(channels), 0, **own | others)
    del made["latent_dim"]
    return Translator(**made)


def pairs() -> Batch:
    x = torch.rand(6, 3, 8, 8) * 2 - 1
    return Batch(negative(x), LABELS, sources=x)


def test_a_conditional_discriminator_sees_source_and_target_for_real_and_for_fake_images():
    model, batch = translator(generator=nn.Conv2d(3, 3, 1)), pairs()
    model.discriminator_terms(batch)
    real, fake = model.discriminator.seen
    assert torch.equal(real, torch.cat([batch.sources, batch.images], 1))
    assert torch.equal(fake, torch.cat([batch.sources, model.generator(batch.sources)], 1))
    model.generator_terms(batch)
    assert torch.equal(model.discriminator.seen[-1], fake)


def test_an_unconditional_one_sees_targets_alone():
    model, batch = translator(Target, generator=nn.Conv2d(3, 3, 1)), pairs()
    model.discriminator_terms(batch)
    assert torch.equal(model.discriminator.seen[0], batch.images)
    assert torch.equal(model.discriminator.seen[1], model.generator(batch.sources))


def test_a_context_encoders_discriminator_sees_what_was_missing_alone():
    model = translator(
        functools.partial(Center, side=0.5), Missing(4, functools.partial(missing_center, side=0.5), 0.0)
    )
    x = torch.rand(6, 3, 8, 8)
    shown = model.augment(model.real_images(model.paired(Batch(x, LABELS))))
    assert torch.equal(shown, x[:, :, 2:6, 2:6])


def test_a_translator_that_is_the_true_map_has_no_error():
    batch = pairs()
    assert translator().generator_terms(batch)["distance"].abs().max() == 0
    regression = ImageRegression(Negative(), Degradation(3), mean_absolute_error, {}, {})
    assert regression.terms(batch)["loss"].abs().max() == 0
    wrong = batch._replace(images=batch.sources)
    expected = 2 * batch.sources.abs().flatten(1).mean(1)
    assert torch.allclose(regression.terms(wrong)["loss"], expected)


def test_the_generators_loss_is_the_game_and_a_hundred_times_the_mean_absolute_error():
    terms = translator(generator=nn.Conv2d(3, 3, 1)).generator_terms(pairs())
    assert terms["distance"].min() > 0.1
    assert torch.allclose(terms["loss"], terms["adversarial"] + 100 * terms["distance"])


def test_a_source_is_drawn_once_for_all_steps_of_a_round():
    """Real and fake pairs have the same hole; the next round has others."""
    hole = Missing(4, functools.partial(missing_block, side=0.5), 0.0)
    networks = {"generator": KeepKnown(nn.Conv2d(4, 3, 1)), "degradation": hole}
    model = translator(**networks, optimizers={"generator": sgd(0.1), "discriminator": sgd(0.1)})
    batch = Batch(torch.rand(6, 3, 8, 8), LABELS)
    for _ in range(2):
        take_steps(model.steps(batch), lambda player, objective: objective())
    masks = [shown[:, 3] for shown in model.discriminator.seen]
    assert all(torch.equal(masks[0], mask) for mask in masks[1:3])
    assert not torch.equal(masks[0], masks[3])


def test_translators_translate_and_claim_no_codes():
    model = translator()
    assert isinstance(model, Translates) and not isinstance(model, Samples | Decodes)
    assert model.translate(3 * torch.ones(1, 3, 8, 8)).min() == -1


def test_a_model_of_two_domains_asks_for_data_that_have_them():
    with pytest.raises(UserError, match="data=garden_pairs"):
        translator().paired(Batch(torch.rand(6, 3, 8, 8), LABELS))


@pytest.mark.parametrize("degradation", [Grayscale(3), Downsample(3, 2), Missing(4, missing_center, 0.0)])
def test_a_model_that_makes_its_own_sources_refuses_data_that_bring_some(degradation):
    with pytest.raises(UserError, match=r"data/domains=none"):
        translator(degradation=degradation).paired(pairs())


def test_edges_give_way_to_the_sources_of_the_data():
    batch = pairs()
    model = translator(degradation=Edges(3))
    assert torch.equal(model.paired(batch).sources, batch.sources)
    assert not torch.equal(model.paired(batch._replace(sources=None)).sources, batch.sources)


@pytest.mark.parametrize(
    ("mask", "least", "most"),
    [
        (functools.partial(missing_center, side=0.5), 0.25, 0.25),
        (functools.partial(missing_block, side=0.5), 0.25, 0.25),
        (functools.partial(missing_strokes, strokes=4, stroke_width=0.15), 0.05, 0.7),
    ],
)
def test_a_source_with_holes_says_which_pixels_are_missing(mask, least, most):
    x = torch.rand(20, 3, 32, 32) * 2 - 1
    source = Missing(4, mask, 0.0)(x)
    missing = source[:, 3:] == 1
    assert ((source[:, 3:] == -1) | missing).all()
    assert torch.equal(source[:, :3], torch.where(missing, 0.0, x))
    share = missing.float().mean((1, 2, 3))
    assert share.min() >= least and share.max() <= most
    masks = {tuple(one.flatten().tolist()) for one in missing}
    assert len(masks) == (1 if mask.func is missing_center else 20)


def test_a_small_image_becomes_the_source_that_its_large_one_would_have_had():
    """What a user gives is degraded already: small, gray, or full of holes."""
    x, none = torch.rand(2, 3, 8, 8) * 2 - 1, torch.zeros(2, 1, 8, 8, dtype=torch.bool)
    small = nn.functional.avg_pool2d(x, 2)
    assert torch.equal(Downsample(3, 2).of_given(small, none[:, :, :4, :4]), Downsample(3, 2)(x))
    gray = Grayscale(3)(x)
    assert torch.allclose(Grayscale(3).of_given(gray, none), gray, atol=1e-6)
    holes = Missing(4, functools.partial(missing_center, side=0.5), 0.0)
    drawn = holes(x)
    assert torch.equal(holes.of_given(drawn[:, :3], drawn[:, 3:] > 0), drawn)
