"""Every adversarial model of conf/model: it composes, trains, samples, and resumes bit for bit."""

import functools
import math

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from torch import nn

from genarium.config.compose import composed
from genarium.config.conf_groups import choices
from genarium.errors import UserError
from genarium.models.gan import GAN
from genarium.models.progressive_gan import ProgressiveGAN
from genarium.protocols import Batch, Decodes, Encodes, Reconstructs, Samples, Scores
from genarium.runs.run import Run
from genarium.training.build import prepare
from genarium.training.checkpoint import restore
from genarium.training.fit import train
from genarium.training.steps import Objective, Terms, take_steps
from playing import fit
from resumed import assert_same_end, whole_and_resumed
from small import configured, models

MODELS = models("gans")
SILENT = ("validate", "rates", "traversals", "interpolations", "progress")
IMAGES, HALF = 192, 96


def set_up(model: str, *overrides: str) -> DictConfig:
    """A run of a few batches: every callback that a GAN has acts in its middle and at its end."""
    quiet = [f"callbacks.{name}=null" for name in SILENT]
    every = [f"callbacks.{name}.every={HALF}" for name in ("terms", "checkpoints", "samples", "reconstructions")]
    return configured(model, *quiet, *every, f"total_images={IMAGES}", *overrides)


def instance(config: DictConfig) -> GAN:
    """The model that `config` builds, every interpolation resolved."""
    OmegaConf.resolve(config)
    torch.manual_seed(0)
    return instantiate(config.model)


def assert_finite(model: GAN) -> None:
    """Every term that was met in training, and every weight that it left."""
    terms = model.meter.means()
    assert terms and all(map(math.isfinite, terms.values())), terms
    assert all(weight.isfinite().all() for weight in model.parameters())


@pytest.mark.parametrize("model", MODELS)
def test_every_gan_trains_samples_by_protocol_and_resumes_bit_for_bit(model, tmp_path, monkeypatch):
    whole, resumed = whole_and_resumed(set_up(model), HALF, tmp_path, monkeypatch)
    assert_same_end(whole, resumed)
    assert_protocols(restore(whole))


def assert_protocols(model) -> None:
    """Samples are images in [-1, 1] that a generator's state decides; no GAN is validated by its loss."""
    assert isinstance(model, Samples) and isinstance(model, Decodes) and not isinstance(model, Scores)
    with model.evaluating(seed=0):
        one, two, other = (model.sample(5, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
        assert one.shape == (5, 3, 16, 16) and one.abs().max() <= 1
        assert torch.equal(one, two) and not torch.equal(one, other)
        assert model.decode(torch.randn(3, model.latent_dim)).shape == (3, 3, 16, 16)
        if isinstance(model, Encodes) and isinstance(model, Reconstructs):
            assert model.encode(one).shape == (5, model.latent_dim) and model.reconstruct(one).shape == one.shape
        if hasattr(model, "sample_class"):
            assert model.sample_class(torch.tensor([0, 3])).shape == (2, 3, 16, 16)


@pytest.mark.parametrize("model", MODELS)
def test_rates_and_betas_of_every_yaml_arrive_in_the_optimizers(model):
    config = set_up(model)
    game = instance(config)
    for name, optimizer in zip(game.networks(), game.configure_optimizers(), strict=True):
        asked, (group,) = config.model.optimizers[name].optimizer, optimizer.param_groups
        assert (group["lr"], tuple(group["betas"])) == (asked.lr, tuple(asked.betas))


@pytest.mark.parametrize("model", MODELS)
def test_every_gan_stays_finite_in_bfloat16(model):
    """Five batches: whoever steps once in five steps, too."""
    labels = torch.arange(32) % 6
    batches = [Batch(torch.rand(32, 3, 16, 16) * 2 - 1, labels) for _ in range(5)]
    assert_finite(fit(instance(set_up(model)), batches, precision="bf16-mixed"))


@pytest.fixture(scope="module")
def real_flowers(real_data) -> list[Batch]:
    """Six training batches at 32 px."""
    words = ["data=flowers", f"data.root={real_data}", "data.resolution=32", "data.batch_size=8"]
    data = instantiate(composed([*words, "name=run"]).data.module)
    data.budget = 48
    return list(data.train_dataloader())


@pytest.mark.parametrize("model", MODELS)
def test_every_gan_stays_finite_on_real_flowers_at_32_px(model, real_flowers):
    config = set_up(model)
    config.data.resolution, config.data.batch_size, config.data.classes = 32, 8, 102
    assert_finite(fit(instance(config), real_flowers))


@pytest.mark.parametrize("resolution", [28, 64, 128])
@pytest.mark.parametrize("model", MODELS)
def test_every_gan_plays_a_round_at_other_sizes(model, resolution):
    config = set_up(model)
    config.data.resolution = resolution
    game = instance(config)
    images, labels = torch.rand(4, 3, resolution, resolution) * 2 - 1, torch.arange(4)
    if isinstance(game, ProgressiveGAN):
        game.growth = 1.0
    for name, network in game.networks().items():
        game.zero_grad(set_to_none=True)
        terms = getattr(game, f"{name}_terms")(Batch(images, labels))
        terms["loss"].mean().backward()
        assert terms["loss"].isfinite().all() and any(weight.grad is not None for weight in network.parameters())
    assert game.decode(torch.randn(2, game.latent_dim)).shape == (2, 3, resolution, resolution)


AXES = {
    "adversarial_loss": sorted(set(choices("model/adversarial_loss")) - {"began", "ebgan"}),  # of logits
    "penalty": choices("model/penalty"),
    "augmentation": [name for name in choices("model/augmentation") if name != "pack"],
}


@functools.cache
def with_option(axis: str, option: str) -> dict:
    """DCGAN's configuration with one of its parts chosen by a word, resolved."""
    config = set_up("dcgan", "model/discriminator=dcgan_no_norm", f"model/{axis}={option}")
    return OmegaConf.to_container(config, resolve=True)["model"]


@pytest.mark.parametrize("loss", AXES["adversarial_loss"])
@pytest.mark.parametrize("penalty", AXES["penalty"])
def test_any_loss_goes_with_any_penalty_and_augmentation(loss, penalty):
    for augmentation in AXES["augmentation"]:
        options = zip(AXES, (loss, penalty, augmentation), strict=True)
        parts = {axis: with_option(axis, option)[axis] for axis, option in options}
        model = instantiate(with_option("penalty", penalty) | parts)
        fit(model, [torch.rand(4, 3, 16, 16) * 2 - 1] * 2)
        assert_finite(model)
        moved = [not torch.equal(*pair) for pair in model.averages["generator"].pairs()]
        assert any(moved), augmentation  # the average lags behind a generator that has stepped


WITHOUT = {
    nn.BatchNorm2d: ["model/generator=dcgan_no_norm", "model/discriminator=dcgan_no_norm"],
    nn.Tanh: ["model/generator=dcgan_linear_output"],
    nn.ReLU: ["model.generator.decoder.activation._target_=torch.nn.LeakyReLU"],
    nn.LeakyReLU: [
        "model.discriminator.encoder.activation._target_=torch.nn.Sigmoid",
        "~model.discriminator.encoder.activation.negative_slope",
    ],
    nn.Conv2d: ["model/generator=mlp", "model/discriminator=mlp"],
}


@pytest.mark.parametrize("part", WITHOUT, ids=lambda part: part.__name__)
def test_each_part_of_dcgan_can_be_taken_out_by_a_word(part):
    whole, less = set_up("dcgan"), set_up("dcgan", *WITHOUT[part])
    for config, there in ((whole, True), (less, False)):
        model = fit(instance(config), [torch.rand(4, 3, 16, 16) * 2 - 1] * 2)
        assert any(isinstance(layer, part) for layer in model.modules()) == there


def test_infogans_discriminator_guesses_as_many_numbers_as_the_code_has():
    config = set_up("infogan", "model.categorical_dims=3", "model.continuous_dims=4")
    _, model = prepare(config)
    assert model.discriminator.auxiliary.out_features == 3 + 2 * 4
    with pytest.raises(UserError, match=r"set model\.latent_dim=17 or more"):
        prepare(set_up("infogan", "model.latent_dim=16", "model.categorical_dims=15"))
    prepare(set_up("infogan", "model.categorical_dims=15", "model.latent_dim=17"))


@pytest.mark.parametrize("model", MODELS)
def test_every_gan_steps_on_small_batches_of_any_number_or_says_the_least_one(model):
    """In bfloat16 too: a batch of one has no other codes, images or halves to be compared with."""
    made = instance(set_up(model))

    def check(player: str, objective: Objective) -> Terms:
        terms = objective()
        check_terms(terms, made.networks()[player])
        return terms

    for count in (1, 2, 3, 5):
        if count < made.least_batch or count % made.batch_multiple:
            continue
        batch = Batch(torch.rand(count, 3, 16, 16) * 2 - 1, torch.arange(count) % 6)
        with torch.autocast("cpu", torch.bfloat16):
            take_steps(made.steps(batch), check)
    assert (made.least_batch, made.batch_multiple) == {"cogan": (2, 1), "pacgan": (1, 2)}.get(model, (1, 1))


def check_terms(terms: dict[str, torch.Tensor], network: nn.Module) -> None:
    """Every term, and every slope of the loss, is a finite number."""
    assert terms["loss"].numel() and all(term.isfinite().all() for term in terms.values())
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    slopes = torch.autograd.grad(terms["loss"].mean(), weights, allow_unused=True)
    assert all(slope.isfinite().all() for slope in slopes if slope is not None)


def test_a_batch_that_a_coupled_gan_cannot_halve_is_refused_before_its_folder_is_written(tmp_path):
    with pytest.raises(UserError, match=r"set data\.batch_size=2 or more"):
        train(set_up("cogan", "data.batch_size=1"), Run(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_a_conditional_gan_asks_for_data_with_classes(tmp_path):
    with pytest.raises(UserError, match="needs classes"):
        train(set_up("cgan", "data.classes=1"), Run(tmp_path / "run"))
