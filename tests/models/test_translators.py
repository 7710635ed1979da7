"""Translators: what each player sees, what is kept, and what a translator that is right already costs."""

import functools

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.losses.adversarial import LeastSquares
from genarium.losses.contrastive import patch_nce
from genarium.losses.reconstruction import mean_absolute_error
from genarium.models.contrastive_translator import ContrastiveTranslator
from genarium.models.cycle_gan import CycleGAN
from genarium.models.image_regression import ImageRegression
from genarium.models.translator import Translator
from genarium.networks.conv import interpolated
from genarium.networks.heads import BoundedTranslator
from genarium.networks.image_pool import ImagePool
from genarium.networks.kept import KeepKnown
from genarium.networks.patch_projection import PatchProjection
from genarium.networks.resnet_translator import ResnetTranslator
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


def test_a_pool_holds_fifty_images_in_all_and_swaps_with_chance_one_half():
    pool, image = ImagePool(50), lambda first, count: torch.arange(first, first + count).float().view(-1, 1, 1, 1)
    for first in (0, 20, 40):  # it fills first, at any size of the batch
        given = pool(image(first, 20)).flatten()
        new = 20 if first < 40 else 10
        assert torch.equal(given[:new], image(first, new).flatten()) and len(pool.images) == min(first + 20, 50)
    swapped, total = 0, 0
    for first in range(100, 4100, 20):
        fresh = image(first, 20)
        swapped += (pool(fresh) != fresh).sum().item()
        total += 20
        assert len(pool.images) == 50
    assert swapped / total == pytest.approx(0.5, abs=0.03)
    assert len(set(pool.images.flatten().tolist())) == 50


def test_without_a_pool_a_discriminator_sees_this_rounds_fakes():
    fake = torch.rand(4, 1, 2, 2, requires_grad=True)
    given = ImagePool(0)(fake)
    assert torch.equal(given, fake) and not given.requires_grad


def test_a_pool_returns_past_fakes_detached_and_resumes_exactly():
    pool, resumed = ImagePool(5), ImagePool(5)
    for _ in range(4):
        given = pool(torch.rand(4, 1, 2, 2, requires_grad=True))
        assert not given.requires_grad
    resumed.load_state_dict(pool.state_dict())
    fakes, state = [torch.rand(4, 1, 2, 2) for _ in range(3)], torch.get_rng_state()
    expected = [pool(fake) for fake in fakes]
    torch.set_rng_state(state)
    assert all(torch.equal(resumed(fake), wanted) for fake, wanted in zip(fakes, expected, strict=True))


def cycle_gan(generator: nn.Module, backward: nn.Module, **weights: float) -> CycleGAN:
    given = {"adversarial": 1.0, "forward_cycle": 10.0, "backward_cycle": 10.0, "identity": 5.0} | weights
    critics = {"discriminator": Seen(3), "backward_discriminator": Seen(3)}
    pools = {"pool": ImagePool(50), "backward_pool": ImagePool(50)}
    networks = {"generator": generator, "backward_generator": backward}
    rest = {"adversarial_loss": LeastSquares(), "degradation": Degradation(3), "optimizers": {}, "schedules": {}}
    return CycleGAN(**networks, **critics, **pools, **rest, weights=given)


class Shift(nn.Module):
    """x + shift, but never above 1 or below -1: the true map between dark and bright halves."""

    def __init__(self, shift: float) -> None:
        super().__init__()
        self.weight, self.shift = nn.Parameter(torch.ones(())), shift

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * (x + self.shift).clamp(-1, 1)


def test_generators_that_are_the_true_maps_have_no_cycle_error():
    dark = torch.rand(6, 3, 8, 8) / 2 - 1
    terms = cycle_gan(Shift(1.0), Shift(-1.0)).generator_terms(dark, dark + 1)
    assert terms["forward_cycle"].max() < 1e-6 and terms["backward_cycle"].max() < 1e-6
    wrong = cycle_gan(Shift(1.0), Shift(-0.5)).generator_terms(dark, dark + 1)
    assert wrong["forward_cycle"].min() > 0.2 and wrong["backward_cycle"].min() > 0.2


def test_the_identity_loss_is_of_the_generator_into_that_domain():
    """G leaves targets alone and F sources: maps that only move images of the other domain have none. The classic swap,
    |F(y) - y|, would be 1 here."""
    dark = torch.rand(6, 3, 8, 8) / 2 - 1

    class Brighten(Shift):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.weight * torch.where(x <= -0.5, x + 1, x)

    class Darken(Shift):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.weight * torch.where(x > -0.5, x - 1, x)

    terms = cycle_gan(Brighten(0), Darken(0)).generator_terms(dark, dark + 1)
    assert terms["identity"].max() == 0 and terms["forward_cycle"].max() < 1e-6
    swapped = cycle_gan(Darken(0), Brighten(0)).generator_terms(dark, dark + 1)
    assert torch.allclose(swapped["identity"], torch.full((6,), 2.0))


def test_the_generators_of_a_cyclegan_minimize_the_weighted_sum():
    networks = [nn.Conv2d(3, 3, 1) for _ in range(2)]
    dark = torch.rand(6, 3, 8, 8)
    terms = cycle_gan(*networks, backward_cycle=0.0).generator_terms(dark, dark + 1)
    expected = terms["adversarial"] + 10 * terms["forward_cycle"] + 5 * terms["identity"]
    assert torch.allclose(terms["loss"], expected)


def test_the_discriminators_of_a_cyclegan_see_past_fakes_of_their_own_domain():
    model = cycle_gan(Shift(1.0), Shift(-1.0))
    dark = torch.rand(6, 3, 8, 8) / 2 - 1
    for _ in range(20):
        model.discriminator_terms(dark, dark + 1)
    assert len(model.pool.images) == len(model.backward_pool.images) == 50
    assert model.pool.images.min() >= 0 > model.backward_pool.images.max()
    assert torch.equal(model.discriminator.seen[0], dark + 1) and torch.equal(
        model.backward_discriminator.seen[0], dark
    )


def contrastive() -> ContrastiveTranslator:
    network = ResnetTranslator(3, 3, 4, 2, nn.InstanceNorm2d, functools.partial(interpolated, mode="nearest"))
    own = {"degradation": Degradation(3), "discriminator_input": Target(3), "places": 16}
    own |= {
        "distance": functools.partial(patch_nce, temperature=0.07),
        "projection": PatchProjection(3, 4, [0, 1, 3], 8),
    }
    own |= {"distance_weight": 1.0, "adversarial_weight": 1.0, "adversarial_loss": LeastSquares()}
    made = parts(BoundedTranslator(network), Seen(3), 0, **own)
    del made["latent_dim"]
    return ContrastiveTranslator(**made)


def test_patches_are_told_from_those_of_the_same_image_alone():
    """The loss of an image is what it is alone: no negatives come from the others of the batch."""
    query, key = torch.rand(4, 9, 8), torch.rand(4, 9, 8)
    whole = patch_nce(query, key, 0.07)
    assert torch.allclose(whole, torch.cat([patch_nce(query[i : i + 1], key[i : i + 1], 0.07) for i in range(4)]))
    scores = query[0] @ key[0].T / 0.07
    assert torch.allclose(whole[0], (scores.logsumexp(1) - scores.diagonal()).mean(), rtol=1e-5)


def test_a_translation_that_keeps_every_place_costs_less_than_one_that_mixes_them():
    model, x = contrastive(), torch.rand(4, 3, 16, 16) * 2 - 1
    rolled = x.roll(7, 3).roll(5, 2)
    torch.manual_seed(0)
    kept = model.contrast(x, x)
    torch.manual_seed(0)
    assert (kept < model.contrast(x, rolled)).all()


def test_features_of_the_source_are_fixed_and_projections_learn_with_the_generator():
    model = contrastive()
    source, made = (torch.rand(2, 3, 16, 16, requires_grad=True) for _ in range(2))
    model.contrast(source, made).mean().backward()
    assert source.grad is None and made.grad.abs().sum() > 0
    owned = {id(weight) for weight in model.networks()["generator"].parameters()}
    assert all(id(weight) in owned and weight.grad is not None for weight in model.projection.parameters())
