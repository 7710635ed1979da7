"""Every autoencoder and VAE that conf/model names: it trains, its loss falls, it resumes, it keeps its protocols."""

import math
import shutil
from typing import NamedTuple

import pytest
import torch
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import OmegaConf

from genarium.commands.train import resume
from genarium.config.compose import composed
from genarium.config.conf_groups import choices, conf_dir
from genarium.config.zoo import lineage_of
from genarium.errors import UserError
from genarium.protocols import (
    Batch,
    Decodes,
    Encodes,
    HasPosterior,
    Infers,
    Reconstructs,
    Samples,
    SamplesClass,
    Weighs,
)
from genarium.runs.run import Run
from genarium.training.checkpoint import restore
from genarium.training.fit import train
from genarium.training.module import Module
from playing import fit
from small import configured, models

MODELS, VARIATIONAL = models("autoencoders"), models("variational")
SAMPLING = {*VARIATIONAL, "vq_vae", "wae_mmd", "aae"}
BATCH, IMAGES = 32, 640
FASTER = {"vae_gan": [f"model.optimizers.{player}.optimizer.lr=2e-3" for player in ("encoder", "decoder")]}
"""What a model needs to learn anything in so few steps."""
QUIET = [f"callbacks.{name}=null" for name in ("rates", "samples", "reconstructions", "traversals", "interpolations")]
SLOW = {"vae_gan", "vampprior_vae"}
"""Models that take twice as many images to learn anything."""


def built(model: str, *overrides: str) -> Module:
    return instantiate(configured(model, *overrides).model)


def weights(run: Run) -> dict[str, torch.Tensor]:
    state = torch.load(run.last, weights_only=True)["state_dict"]
    return {name: value for name, value in state.items() if isinstance(value, torch.Tensor)}


class Trained(NamedTuple):
    """A model's run, and its folder as a crash three batches after its first checkpoint would have left it."""

    model: str
    run: Run
    crashed: Run


@pytest.fixture(scope="module", params=MODELS)
def trained(request, tmp_path_factory) -> Trained:
    folder, step = tmp_path_factory.mktemp(request.param), Module.training_step
    found = Trained(request.param, Run(folder / "run"), Run(folder / "crashed"))
    images = 2 * IMAGES if found.model in SLOW else IMAGES
    halves = [f"callbacks.{name}.every={images // 2}" for name in ("validate", "checkpoints")]
    words = [*QUIET, *halves, f"callbacks.terms.every={images // 4}", f"total_images={images}"]

    def step_and_copy(module: Module, batch: Batch, batch_idx: int) -> None:
        step(module, batch, batch_idx)
        if module.images_seen == images // 2 + 3 * BATCH:
            shutil.copytree(found.run.folder, found.crashed.folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Module, "training_step", step_and_copy)
        train(configured(found.model, *FASTER.get(found.model, []), *words), found.run)
    return found


def error(module: Module, batch: Batch) -> float:
    """Mean squared error of reconstructions, seen as in training."""
    with torch.no_grad(), torch.random.fork_rng():
        return (module.reconstruct(batch.images) - batch.images).square().mean().item()


def test_every_model_learns_and_its_terms_are_finite(trained):
    model, run, _ = trained
    rows = {(images, name): value for images, name, value in run.rows()}
    assert all(math.isfinite(value) for value in rows.values())
    if model == "vae_gan":  # the game moves what distortion means: pixels tell
        torch.manual_seed(0)
        heldout = instantiate(configured(model).data.module).examples(BATCH, "val")
        assert error(restore(run), heldout) < 0.9 * error(built(model), heldout)
        return
    points = sorted(images for images, name in rows if name == "val/distortion")
    assert rows[points[-1], "val/distortion"] < rows[points[0], "val/distortion"]


def test_every_model_offers_its_protocols(trained):
    model, module = trained.model, restore(trained.run)
    assert isinstance(module, Samples) == (model in SAMPLING)
    assert isinstance(module, Infers) == (model in VARIATIONAL)
    assert isinstance(module, HasPosterior) == (model in VARIATIONAL and model != "gumbel_vae")  # no Gaussian
    assert isinstance(module, Weighs) == (model in VARIATIONAL and model != "vae_gan")
    assert isinstance(module, SamplesClass) == (model == "cvae")
    assert isinstance(module, Reconstructs) and isinstance(module, Encodes) and isinstance(module, Decodes)
    x = torch.rand(6, 3, 16, 16) * 2 - 1
    with module.evaluating(0):
        z, again = module.encode(x), module.reconstruct(x)
        assert z.shape == (6, module.latent_dim)
        assert again.shape == module.decode(z).shape == x.shape
        assert again.abs().max() <= 1
        assert torch.allclose(module.reconstruct(x[:2]), again[:2], atol=1e-4)
        if isinstance(module, Samples):
            draw = lambda seed: module.sample(5, torch.Generator().manual_seed(seed))
            assert draw(0).shape == (5, 3, 16, 16)
            assert draw(0).abs().max() <= 1
            assert torch.equal(draw(0), draw(0))
            assert not torch.equal(draw(0), draw(1))
        if isinstance(module, Infers):
            assert module.rate_per_latent(x).shape[0] == 6
        if isinstance(module, Weighs):
            assert torch.isfinite(module.log_weights(x, 3)).all()
            assert module.log_weights(x, 3).shape == (3, 6)


def test_every_model_resumes_bit_for_bit_after_a_crash(trained):
    whole = weights(trained.run)
    assert not all(torch.equal(tensor, whole[name]) for name, tensor in weights(trained.crashed).items())
    resume(str(trained.crashed.folder), [])
    resumed = weights(trained.crashed)
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(tensor, resumed[name]) for name, tensor in whole.items())
    assert trained.crashed.rows() == trained.run.rows()


@pytest.mark.parametrize("model", MODELS)
def test_every_model_trains_in_bfloat16(model):
    labels = torch.arange(BATCH) % 6
    batches = [Batch(torch.rand(BATCH, 3, 16, 16) * 2 - 1, labels) for _ in range(3)]
    module = fit(built(model), batches, precision="bf16-mixed")
    assert all(map(math.isfinite, module.meter.means().values()))
    assert all(weight.isfinite().all() for weight in module.parameters())


def options(part: str) -> list[str]:
    """Of a part of a model, in order; a ladder and a grid are codes of another shape, and fit their own models alone,
    as categories do."""
    return sorted(set(choices(f"model/{part}")) - {"ladder", "conv_grid", "uniform_categorical"})


@pytest.mark.parametrize("model", ["ae", "vae"])
@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_every_network_fits_every_rule(model, part):
    for kind in options(part):
        module = built(model, f"model/{part}={kind}", "data.resolution=32", "data.channels=1")
        assert module.reconstruct(torch.zeros(2, 1, 32, 32)).shape == (2, 1, 32, 32)


SHAPED = {"ladder_vae", "vq_vae"}
"""Models whose codes have a shape of their own, which their encoder and decoder share."""


@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_no_model_asks_of_a_network_what_another_network_does_not_know(part):
    read = lambda name: OmegaConf.to_container(OmegaConf.load(conf_dir() / "model" / f"{name}.yaml"))
    known = [set(configured("ae", f"model/{part}={kind}").model[part]) for kind in options(part)]
    for model in set(MODELS) - SHAPED:
        assert set(read(model).get(part, {})) <= set.intersection(*known), model
        outside = str({key: node for key, node in read(model).items() if key != part})
        assert f"model.{part}." not in outside.replace(f"model.{part}.in_dim", ""), model


@pytest.mark.parametrize("model", sorted(set(MODELS) - SHAPED))
def test_every_part_fits_every_model_or_is_refused_in_a_sentence(model):
    """One mixture of parts for each model, another one for each."""
    start = MODELS.index(model)
    parts = ["encoder", "decoder", "corruption" if lineage_of(model)[-1] == "ae" else "likelihood"]
    if model == "vae_gan":
        parts.remove("likelihood")  # it is of features, which are neither binary nor bounded
    turn = lambda part: options(part)[start % len(options(part))]
    words = [*(f"model/{part}={turn(part)}" for part in parts), "data.channels=1", "data.binarize=true"]
    try:
        module = built(model, *words)
        x = torch.zeros(2, 1, 16, 16)
        assert module.terms(Batch(x, torch.zeros(2, dtype=torch.long)))["loss"].shape == (2,)
        assert module.reconstruct(x).shape == x.shape
    except (UserError, InstantiationException) as error:
        refusal = error if isinstance(error, UserError) else error.__cause__
        assert isinstance(refusal, UserError)
        assert "BatchNorm mixes" in str(refusal)


@pytest.mark.parametrize("encoder", ["mlp", "linear", "recurrent_no_norm", "resnet_no_norm", "conv_no_norm"])
def test_the_vamp_prior_takes_every_encoder_that_sees_each_image_by_itself(encoder):
    module = built("vampprior_vae", f"model/encoder={encoder}")
    assert module.terms(Batch(torch.zeros(2, 3, 16, 16), torch.zeros(2)))["loss"].isfinite().all()


@pytest.mark.parametrize("encoder", ["conv", "resnet", "recurrent"])
def test_the_vamp_prior_refuses_batchnorm_and_names_the_remedy(encoder):
    with pytest.raises(InstantiationException) as error:
        built("vampprior_vae", f"model/encoder={encoder}")
    assert "model/encoder=conv_no_norm" in str(error.value.__cause__)


@pytest.mark.parametrize(("model", "part"), [("ae_contractive", "encoder"), ("rae_gp", "decoder")])
def test_penalties_on_a_slope_refuse_batchnorm_and_name_the_remedy(model, part):
    module = built(model, f"model/{part}=resnet")
    with pytest.raises(UserError, match=f"model/{part}=conv_no_norm"):
        module.terms(Batch(torch.zeros(2, 3, 16, 16), torch.zeros(2)))


@pytest.mark.parametrize("likelihood", sorted(file.stem for file in conf_dir().glob("model/likelihood/*.yaml")))
def test_every_likelihood_fits_the_vae(likelihood):
    module = built("vae", f"model/likelihood={likelihood}", "data.binarize=true")
    terms = module.terms(Batch(torch.rand(4, 3, 16, 16).round() * 2 - 1, torch.zeros(4)))
    terms["loss"].mean().backward()
    assert terms["loss"].shape == (4,)
    assert all(p.grad is not None and p.grad.isfinite().all() for p in module.parameters())


@pytest.mark.parametrize("corruption", sorted(file.stem for file in conf_dir().glob("model/corruption/*.yaml")))
def test_every_corruption_fits_the_denoising_autoencoder(corruption):
    module = built("ae_denoising", f"model/corruption={corruption}")
    x = torch.rand(4, 3, 16, 16)
    assert torch.equal(module.corruption(x), x) == (corruption == "none")
    assert module.terms(Batch(x, torch.zeros(4)))["loss"].shape == (4,)


def test_images_without_classes_are_refused_by_the_conditional_vae_in_a_sentence():
    with pytest.raises(InstantiationException) as error:
        built("cvae", "data.classes=1")
    assert isinstance(error.value.__cause__, UserError)
    assert "no classes" in str(error.value.__cause__)


def test_classes_are_far_fewer_than_models():
    classes = {configured(model).model._target_ for model in MODELS}
    assert len(classes) < len(MODELS) / 2


@pytest.fixture(scope="module")
def real_images(real_data) -> dict[str, list[Batch]]:
    """Training batches of each real set, and one held-out batch in front of them."""
    found = {}
    for name in ("mnist", "flowers"):
        words = ["name=run", f"data={name}", "data.resolution=32", f"data.root={real_data}", "data.train_count=640"]
        data = instantiate(composed(words).data.module)
        data.budget = 12 * BATCH
        found[name] = [data.examples(BATCH, "val"), *data.train_dataloader()]
    return found


@pytest.mark.parametrize("name", ["mnist", "flowers"])
@pytest.mark.parametrize("model", MODELS)
def test_every_model_learns_real_images_grey_and_colored(model, name, real_images):
    heldout, *batches = real_images[name]
    channels, classes = heldout.images.shape[1], {"mnist": 10, "flowers": 102}[name]
    torch.manual_seed(0)
    config = configured(model, *FASTER.get(model, []))
    shape = {"resolution": 32, "channels": channels, "classes": classes}
    config.data.update(shape)
    config.total_images = len(batches) * BATCH
    module = instantiate(config.model)
    before = error(module, heldout)
    fit(module, batches)
    assert error(module, heldout) < before
    with module.evaluating(0):
        z = module.encode(heldout.images)
        assert z.shape == (BATCH, module.latent_dim)
        assert module.decode(z).shape == heldout.images.shape
        if isinstance(module, Samples):
            assert module.sample(3, torch.Generator().manual_seed(0)).shape == heldout.images[:3].shape
