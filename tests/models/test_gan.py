import copy
import functools
import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.losses.adversarial import LeastSquares, Minimax, NonSaturating, RelativisticPairing, Wasserstein
from genarium.losses.gradient_penalty import LazyPenalty, r1, wgan_gp
from genarium.models.feature_matching_gan import FeatureMatchingGAN
from genarium.models.gan import GAN
from genarium.models.replay_gan import ReplayGAN
from genarium.models.semisupervised_gan import SemiSupervisedGAN
from genarium.networks.discriminators import FeatureTrunk, MinibatchDiscriminator
from genarium.protocols import Batch
from genarium.training import schedules
from genarium.training.checkpoint import load_weights
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.steps import Steps
from genarium.training.weight_clipping import WeightClippingAdam
from genarium.transforms.augmentation import Pack
from playing import adam, fit, mlp, parts, points_gan

POINTS = torch.randn(32, 2, 1, 1)
LABELS = torch.zeros(32, dtype=torch.long)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def changed(before: dict, network: nn.Module) -> bool:
    return any(not torch.equal(before[name], weight) for name, weight in network.named_parameters())


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_each_step_changes_the_weights_of_its_player_alone(player):
    """BatchNorm's statistics follow what a network is given, by whomever."""
    normed = lambda out, last: mlp(2, 32, last=nn.Sequential(nn.BatchNorm1d(32), nn.Linear(32, out), last))
    networks = normed(2, nn.Unflatten(1, (2, 1, 1))), normed(1, nn.Flatten(0))
    model = GAN(**parts(*networks, 2))
    other = {"generator": "discriminator", "discriminator": "generator"}[player]
    before = copy.deepcopy({name: dict(network.named_parameters()) for name, network in model.networks().items()})

    def only(batch: Batch) -> Steps:
        yield player, lambda: getattr(model, f"{player}_terms")(batch)

    model.steps = only
    fit(model, [POINTS])
    assert changed(before[player], model.networks()[player])
    assert not changed(before[other], model.networks()[other])


def test_fakes_are_detached_in_the_discriminators_step_and_not_in_the_generators():
    model, batch = points_gan(), Batch(POINTS, LABELS)
    model.discriminator_terms(batch)["loss"].mean().backward()
    assert all(weight.grad is None for weight in model.generator.parameters())
    model.generator_terms(batch)["loss"].mean().backward()
    assert all(weight.grad is not None for weight in model.generator.parameters())


def test_terms_are_one_number_per_example():
    model, batch = points_gan(penalty=functools.partial(r1, gamma=1.0)), Batch(POINTS, LABELS)
    for terms in (model.discriminator_terms(batch), model.generator_terms(batch)):
        assert all(term.shape == (32,) for term in terms.values())
    terms = model.discriminator_terms(batch)
    assert torch.allclose(terms["loss"], terms["adversarial"] + terms["penalty"])


def test_batchnorm_sees_real_and_fake_images_apart():
    norm = nn.BatchNorm1d(2, affine=False)
    seen = []
    norm.register_forward_hook(lambda layer, inputs, output: seen.append((inputs[0].detach(), output.detach())))
    critic = nn.Sequential(nn.Flatten(), norm, nn.Linear(2, 1), nn.Flatten(0))
    points_gan(discriminator=critic).discriminator_terms(Batch(POINTS + 100, LABELS))
    assert [len(inputs) for inputs, _ in seen] == [32, 32]
    assert all(output.mean().abs() < 1e-4 for _, output in seen)
    assert (seen[0][0] > 50).all() and not (seen[1][0] > 50).any()


def test_adams_betas_and_both_learning_rates_arrive():
    model = points_gan(optimizers={"generator": adam(1e-4, (0.0, 0.9)), "discriminator": adam(4e-4, (0.5, 0.99))})
    generator, discriminator = (made.param_groups[0] for made in model.configure_optimizers())
    assert (generator["lr"], generator["betas"]) == (1e-4, (0.0, 0.9))
    assert (discriminator["lr"], discriminator["betas"]) == (4e-4, (0.5, 0.99))


def test_the_discriminator_steps_several_times_for_each_step_of_the_generator():
    model, steps = points_gan(discriminator_steps=3), []
    descend = model.descend
    model.descend = lambda player, terms: (steps.append(player), descend(player, terms))
    fit(model, [POINTS] * 6)
    assert steps == (["discriminator"] * 3 + ["generator"]) * 2


def test_the_averaged_generator_with_its_buffers_is_what_samples():
    generator = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Linear(8, 2), nn.Unflatten(1, (2, 1, 1)))
    model = points_gan(
        generator=generator, optimizers={"generator": adam(0.05, ema_half_life=100_000), "discriminator": adam()}
    )
    fit(model, [POINTS] * 30)
    average, z = model.averages["generator"], torch.Generator().manual_seed(3)
    buffer = average.get_buffer("1/running_var").clone()
    assert not torch.equal(buffer, generator[1].running_var)
    with model.evaluating(seed=0):
        assert torch.equal(generator[1].running_var, buffer)
        shown = model.sample(16, z)
    current = model.eval().sample(16, z.manual_seed(3))
    assert not torch.allclose(shown, current, atol=1e-3)


def test_the_minimax_generators_gradient_vanishes_against_a_strong_discriminator_and_the_non_saturatings_does_not():
    slopes = {}
    for game in (Minimax(), NonSaturating()):
        torch.manual_seed(0)
        model = points_gan(adversarial_loss=game, discriminator_steps=10**6)
        fit(model, [POINTS / 10 + 3] * 300)
        model.generator_terms(Batch(POINTS / 10 + 3, LABELS))["loss"].mean().backward()
        slopes[type(game)] = sum(weight.grad.square().sum() for weight in model.generator.parameters()).sqrt().item()
    assert slopes[Minimax] < 1e-2 * slopes[NonSaturating]
    assert slopes[NonSaturating] > 0.1


def test_a_clipped_critic_stays_in_its_box_while_it_trains():
    boxed = OptimizerSpec(functools.partial(WeightClippingAdam, lr=0.01, betas=(0.0, 0.99), clip_value=0.01))
    model = points_gan(adversarial_loss=Wasserstein(), optimizers={"generator": adam(), "discriminator": boxed})
    fit(model, [POINTS] * 5)
    assert max(weight.abs().max() for weight in model.discriminator.parameters()) <= 0.01
    assert max(weight.abs().max() for weight in model.generator.parameters()) > 0.01


def test_instance_noise_follows_its_schedule():
    fade = schedules.linear(start=1.0, stop=0.0, over=64)
    model = points_gan(schedules={"instance_noise": fade})
    spread = []
    judge = model.discriminate
    model.discriminate = lambda x, labels, z=None: (spread.append(x.std().item()), judge(x, labels, z))[1]
    fit(model, [torch.zeros(32, 2, 1, 1)] * 3)
    assert spread[0] == pytest.approx(1.0, abs=0.2) and 0.0 in spread[-4:]


def test_packed_images_are_judged_together():
    critic = nn.Sequential(nn.Flatten(), nn.Linear(4, 1), nn.Flatten(0))
    model = points_gan(discriminator=critic, augmentation=Pack(2))
    assert model.discriminator_terms(Batch(POINTS, LABELS))["adversarial"].shape == (16,)
    assert torch.allclose(model.logits_of(POINTS), critic(torch.cat([POINTS, POINTS], 1)))
    fit(model, [POINTS])


CORNERS = torch.tensor([[-0.8, -0.8], [-0.8, 0.8], [0.8, -0.8], [0.8, 0.8]])


def around(modes: Tensor) -> Tensor:
    """A point near each mode's corner, (B,) -> (B, 2, 1, 1)."""
    return (CORNERS[modes] + 0.02 * torch.randn(len(modes), 2))[:, :, None, None]


class OneModeAtATime(GAN):
    """Its fakes are real points, but those of a batch are all of one mode."""

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        return around(torch.randint(len(CORNERS), (1,)).expand(len(z)))


@pytest.mark.parametrize(
    ("sees", "told"),
    [
        ({}, False),
        ({"augmentation": Pack(2), "discriminator": mlp(4, 32, 32, 1, last=nn.Flatten(0))}, True),
        ({"discriminator": MinibatchDiscriminator(FeatureTrunk(mlp(2, 32, 32), nn.LeakyReLU), 32, 8, 4)}, True),
    ],
    ids=["plain", "packed", "minibatch"],
)
def test_packing_and_minibatch_discrimination_tell_a_batch_of_one_mode_that_a_plain_discriminator_cannot(sees, told):
    torch.manual_seed(0)
    rounds = [around(torch.randint(len(CORNERS), (64,))) for _ in range(600)]
    players = {"generator": adam(), "discriminator": adam(5e-3)}
    model = fit(points_gan(OneModeAtATime, discriminator_steps=1_000, optimizers=players, **sees), rounds)
    losses = [model.discriminator_terms(Batch(x, LABELS.repeat(2)))["adversarial"].mean().item() for x in rounds[:100]]
    loss, chance = sum(losses) / 100, 2 * math.log(2)  # of who cannot tell
    assert loss < 0.7 * chance if told else loss > 0.98 * chance  # 0.45 is the best that pairs allow


def test_relativistic_generators_look_at_real_images_without_training_on_them():
    model, losses, seen = points_gan(adversarial_loss=RelativisticPairing()), [], []
    model.discriminator.register_forward_hook(lambda layer, inputs, logits: seen.append(logits.requires_grad))
    for shift in (0, 50):
        torch.manual_seed(0)
        losses.append(model.generator_terms(Batch(POINTS + shift, LABELS))["loss"])
    assert seen == [False, True] * 2  # at real images, then at fakes
    assert not torch.allclose(*losses)


def steps_with_a_penalty(model: GAN, rounds: int) -> list[int]:
    """Numbers of the discriminator's steps that had one, from 0."""
    due, seen, terms = [], [], model.discriminator_terms
    count = lambda found: due.append(len(seen)) if found["penalty"].any() else None
    model.discriminator_terms = lambda batch: (count(found := terms(batch)), seen.append(1), found)[2]
    fit(model, [POINTS] * rounds)
    return due


def lazy_gan(**others) -> GAN:
    return points_gan(penalty=LazyPenalty(functools.partial(wgan_gp, weight=10.0), interval=4), **others)


@pytest.mark.parametrize("critic_steps", [1, 3, 5])
def test_a_lazy_penalty_counts_the_discriminators_steps_however_many_go_to_one_of_the_generator(critic_steps):
    assert steps_with_a_penalty(lazy_gan(discriminator_steps=critic_steps), rounds=10) == [0, 4, 8]


def test_a_lazy_penalty_counts_steps_and_not_how_often_it_is_asked():
    """A look at the objective between two steps, as a picture or a rehearsal takes, moves nothing."""
    model = lazy_gan()
    model.discriminator_terms(Batch(POINTS, LABELS))
    assert steps_with_a_penalty(model, rounds=9) == [0, 4, 8]


def test_a_lazy_penalty_resumes_where_it_was():
    model, resumed = lazy_gan(), lazy_gan()
    fit(model, [POINTS] * 3)
    resumed.load_state_dict(model.state_dict())
    assert steps_with_a_penalty(resumed, rounds=6) == [1, 5]  # the fourth and the eighth of the run


class Past(nn.Module):
    """A memory of one image, 7 everywhere."""

    def forward(self, fake: Tensor) -> Tensor:
        return torch.full_like(fake, 7.0)


def test_the_discriminator_meets_past_fakes_and_the_generator_its_own():
    model, met, batch = points_gan(ReplayGAN, memory=Past()), [], Batch(POINTS, LABELS)
    model.discriminator.register_forward_pre_hook(lambda layer, inputs: met.append(inputs[0]))
    model.discriminator_terms(batch)
    model.generator_terms(batch)
    real, past, own = met
    assert torch.equal(real, POINTS) and (past == 7).all() and not (own == 7).any()


class TwoHeads(nn.Sequential):
    """Features are the input itself."""

    def features(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1)


def test_feature_matching_moves_the_mean_of_the_fakes_to_that_of_the_data():
    model = points_gan(FeatureMatchingGAN, discriminator=TwoHeads(nn.Flatten(), nn.Linear(2, 1), nn.Flatten(0)))
    fit(model, [POINTS / 4 + 0.3] * 300)
    assert torch.allclose(model.sample(500).mean(0), (POINTS / 4 + 0.3).mean(0), atol=0.05)


def test_a_semi_supervised_gan_classifies_from_few_labels():
    labels = torch.randint(0, 2, (200, 32))
    centers = torch.tensor([[-1.0, 0.5], [1.0, -0.5]])
    points = [(centers[these] + 0.2 * torch.randn(32, 2))[:, :, None, None] for these in labels]
    few = [torch.where(torch.arange(32) < 2, these, -1) for these in labels]
    critic = TwoHeads(nn.Flatten(), nn.Linear(2, 2))
    model = points_gan(SemiSupervisedGAN, discriminator=critic)
    model.players["discriminator"] = adam(0.02)
    fit(model, [Batch(x, y) for x, y in zip(points, few, strict=True)])
    assert (model.classify(torch.cat(points)).argmax(1) == labels.flatten()).float().mean() > 0.98
    unlabeled = model.discriminator_terms(Batch(points[0], torch.full((32,), -1)))
    assert torch.equal(unlabeled["classification_real"], torch.zeros(32))


def test_the_game_and_the_features_are_of_all_images_and_the_classifier_of_labeled_ones_alone():
    """Images that came once more for their labels lie at 9; all others, and the fakes that match them, at 0."""
    critic, met = TwoHeads(nn.Flatten(), nn.Linear(2, 3)), []
    model = points_gan(SemiSupervisedGAN, discriminator=critic)
    labels = torch.cat([torch.full((20,), -1), torch.randint(0, 3, (12,))])
    batch = Batch(torch.cat([torch.zeros(20, 2, 1, 1), torch.full((12, 2, 1, 1), 9.0)]), labels, again=12)
    critic.register_forward_hook(lambda layer, inputs, logits: met.append((inputs[0].detach(), logits.detach())))
    terms = model.discriminator_terms(batch)
    (real, of_real), (fake, of_fake), (labeled, told) = met
    assert not real.any() and len(real) == len(fake) == 20 and (labeled == 9).all() and len(labeled) == 12
    score = lambda logits: logits.exp().sum(1) / (logits.exp().sum(1) + 1)  # p(real) = S / (S + 1)
    game = -score(of_real).log() - (1 - score(of_fake)).log()
    assert torch.allclose(terms["adversarial"], game, atol=1e-5)
    error = nn.functional.cross_entropy(told, labels[20:])
    assert torch.allclose(terms["loss"].mean(), game.mean() + error, atol=1e-5)
    torch.manual_seed(0)
    found = model.generator_terms(batch)["features"]
    torch.manual_seed(0)
    fakes = model.generate(model.sample_latents(Batch(real, LABELS[:20])), LABELS[:20]).flatten(1)
    assert torch.allclose(found, fakes.mean(0).square().sum().expand(20), atol=1e-5)


def test_labels_that_are_known_among_all_images_are_learned_and_those_images_play_too():
    critic = TwoHeads(nn.Flatten(), nn.Linear(2, 3))
    model = points_gan(SemiSupervisedGAN, discriminator=critic)
    labels = torch.where(torch.arange(32) < 8, 1, -1)
    terms = model.discriminator_terms(Batch(POINTS, labels))
    error = nn.functional.cross_entropy(critic(POINTS[:8]), labels[:8])
    assert len(terms["adversarial"]) == 32
    assert torch.allclose(terms["loss"].mean(), terms["adversarial"].mean() + error, atol=1e-5)


def test_loaded_weights_bring_the_scheduled_numbers_of_their_clock():
    fade = schedules.linear(start=1.0, stop=0.0, over=128)
    model, loaded = (points_gan(schedules={"instance_noise": fade}) for _ in range(2))
    fit(model, [POINTS] * 3)
    loaded.load_state_dict(model.state_dict())
    assert loaded.instance_noise == 0.25


def test_a_misspelled_schedule_of_a_gan_is_refused_also_where_weights_are_loaded():
    model = points_gan(schedules={"instance_nose": schedules.full})
    weights = {"state_dict": points_gan().state_dict()}
    for check in (model.configure_model, lambda: load_weights(model, weights, Path("last.ckpt"))):
        with pytest.raises(UserError, match="instance_noise"):
            check()


def test_a_game_of_patches_averages_each_images_losses_and_penalizes_its_mean_logit():
    """Where all patches of an image agree it is the game of one logit per image."""
    patches = nn.Sequential(mlp(12, 8, 1), nn.Unflatten(1, (1, 1)))
    repeat = lambda logits: logits.expand(-1, 3, 5)
    networks = [nn.Sequential(patches, nn.Flatten(0)), nn.Sequential(patches, Repeated(repeat))]
    generator = mlp(2, 12, last=nn.Unflatten(1, (3, 2, 2)))
    batch, found = Batch(torch.rand(6, 3, 2, 2), torch.zeros(6, dtype=torch.long)), []
    for network in networks:
        model = GAN(
            **parts(generator, network, 2, penalty=functools.partial(r1, gamma=10.0), adversarial_loss=LeastSquares())
        )
        torch.manual_seed(0)
        found.append(model.discriminator_terms(batch) | model.generator_terms(batch))
    assert found[0].keys() == found[1].keys()
    assert all(torch.allclose(found[0][name], found[1][name], atol=1e-6) for name in found[0])
    assert all(term.shape == (6,) for term in found[1].values()) and found[1]["penalty"].sum() > 0


class Repeated(nn.Module):
    def __init__(self, repeat) -> None:
        super().__init__()
        self.repeat = repeat

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.repeat(x)
