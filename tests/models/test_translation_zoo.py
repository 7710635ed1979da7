"""Every translator of conf/model: it composes, trains, translates, and resumes bit for bit."""

import math

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from genarium.config.conf_groups import choices
from genarium.errors import UserError
from genarium.protocols import Batch, Samples, Scores, Translates
from genarium.runs.run import Run
from genarium.training.build import prepare
from genarium.training.checkpoint import restore
from genarium.training.fit import train
from genarium.training.module import Module
from genarium.training.steps import Objective, Terms, take_steps
from playing import fit
from resumed import assert_same_end, whole_and_resumed
from small import configured, models

MODELS = models("translators")
IMAGES, HALF = 192, 96
SILENT = ("validate", "progress")


def needs_domains(model: str) -> bool:
    return configured(model).model.degradation._target_.endswith(".Degradation")


def set_up(model: str, *overrides: str) -> DictConfig:
    """A run of a few batches: every callback that a translator has acts in its middle and at its end."""
    quiet = [f"callbacks.{name}=null" for name in SILENT]
    every = [f"callbacks.{name}.every={HALF}" for name in ("terms", "checkpoints", "translations")]
    domains = ["data/domains=negative", "data.unpaired=true"] if needs_domains(model) else []
    return configured(model, *quiet, *every, f"total_images={IMAGES}", *domains, *overrides)


def instance(config: DictConfig) -> Module:
    OmegaConf.resolve(config)
    torch.manual_seed(0)
    return instantiate(config.model)


def batch_of(model: str, count: int, resolution: int = 16, channels: int = 3) -> Batch:
    x = torch.rand(count, channels, resolution, resolution) * 2 - 1
    return Batch(x, torch.zeros(count, dtype=torch.long), sources=-x.flip(0) if needs_domains(model) else None)


@pytest.mark.parametrize("model", MODELS)
def test_every_translator_trains_draws_and_resumes_bit_for_bit(model, tmp_path, monkeypatch):
    whole, resumed = whole_and_resumed(set_up(model), HALF, tmp_path, monkeypatch)
    assert_same_end(whole, resumed)
    assert set(whole.pictures()["translations"]) == {0, HALF, IMAGES}
    assert_translates(restore(whole), model)


def assert_translates(model: Module, name: str) -> None:
    """Images in [-1, 1], the same ones twice, and nothing that takes codes; only regressions are scored."""
    assert isinstance(model, Translates) and not isinstance(model, Samples)
    assert isinstance(model, Scores) == (len(model.networks()) == 1)
    with model.evaluating(seed=0):
        sources = model.paired(batch_of(name, 3)).sources
        made = model.translate(sources)
        assert made.shape == (3, 3, 16, 16) and made.abs().max() <= 1
        assert torch.equal(made, model.translate(sources))


@pytest.mark.parametrize("model", MODELS)
def test_every_translator_stays_finite_in_bfloat16(model):
    made = fit(instance(set_up(model)), [batch_of(model, 8) for _ in range(4)], precision="bf16-mixed")
    terms = made.meter.means()
    assert terms and all(map(math.isfinite, terms.values())), terms
    assert all(weight.isfinite().all() for weight in made.parameters())


def check(model: Module, batch: Batch) -> None:
    """A round of finite terms, and a slope for every player."""

    def descend(player: str, objective: Objective) -> Terms:
        terms = objective()
        weights = [weight for weight in model.networks()[player].parameters() if weight.requires_grad]
        slopes = torch.autograd.grad(terms["loss"].mean(), weights, allow_unused=True)
        assert all(term.shape == (len(batch.images),) and term.isfinite().all() for term in terms.values())
        assert any(slope is not None for slope in slopes)
        assert all(slope.isfinite().all() for slope in slopes if slope is not None)
        return terms

    take_steps(model.steps(batch), descend)


@pytest.mark.parametrize("resolution", [28, 64, 128])
@pytest.mark.parametrize("model", MODELS)
def test_every_translator_plays_a_round_at_other_sizes(model, resolution):
    config = set_up(model)
    config.data.resolution = resolution
    check(instance(config), batch_of(model, 2, resolution))


@pytest.mark.parametrize("model", MODELS)
def test_every_translator_takes_gray_images_or_says_why_not(model):
    config = set_up(model)
    config.data.channels = 1
    made = instance(config)
    if "colorization" in model:
        with pytest.raises(UserError, match=r"set data\.channels=3"):
            check(made, batch_of(model, 2, channels=1))
    else:
        check(made, batch_of(model, 2, channels=1))


@pytest.mark.parametrize("model", MODELS)
def test_every_translator_steps_on_a_single_image(model):
    """The context encoder's BatchNorm, too: its maps have more than one place."""
    made = instance(set_up(model))
    with torch.autocast("cpu", torch.bfloat16):
        check(made, batch_of(model, 1))


@pytest.mark.parametrize("hole", [name for name in choices("model/degradation") if name.startswith("missing_")])
def test_inpainting_fills_any_kind_of_hole(hole):
    model = instance(set_up("inpainting", f"model/degradation={hole}"))
    check(model, batch_of("inpainting", 4))


@pytest.mark.parametrize(
    "word", ["model/discriminator_input=target", "model.discriminator.layers=2", "model.discriminator.layers=0"]
)
def test_an_ablation_of_pix2pix_is_a_word_away(word):
    check(instance(set_up("pix2pix", word)), batch_of("pix2pix", 4))


def test_a_run_starts_from_the_networks_of_another_where_they_are_alike(tmp_path):
    """Super-resolution by L1, then adversarial: the generator comes along, the discriminator is new."""
    first = Run(tmp_path / "first")
    train(set_up("sr_l1"), first)
    _, model = prepare(set_up("srgan", f"init={first.folder}"))
    theirs = restore(first)
    mine, fresh = (made.generator.state_dict() for made in (model, prepare(set_up("srgan"))[1]))
    assert all(torch.equal(mine[name], value) for name, value in theirs.generator.state_dict().items())
    assert not all(torch.equal(mine[name], fresh[name]) for name in fresh)


def test_a_run_of_other_networks_is_no_start(tmp_path):
    first = Run(tmp_path / "first")
    train(set_up("sr_l1"), first)
    with pytest.raises(UserError, match="leave init=none"):
        prepare(set_up("pix2pix_l1", f"init={first.folder}"))
    with pytest.raises(UserError, match="no run's folder"):
        prepare(set_up("pix2pix_l1", f"init={tmp_path}/nowhere"))
