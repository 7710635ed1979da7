"""Classifiers: what is learned from few labels, what stays frozen, and which encoders they start from."""

import pytest
import torch
from hydra.utils import instantiate

from genarium.config import compose
from genarium.errors import UserError
from genarium.protocols import Batch
from genarium.training.build import built
from genarium.training.initial_weights import start_from
from small import SMALL, small_run

WORDS = [*SMALL, "data.classes=6", "model.latent_dim=8", "model.encoder.width=8"]


def made(model: str, *words: str):
    found = instantiate(compose.composed([f"model={model}", *WORDS, *words]).model)
    found.configure_model()
    return found


def batch(size: int = 8) -> Batch:
    random = torch.Generator().manual_seed(0)
    images = torch.rand(size, 3, 16, 16, generator=random) * 2 - 1
    return Batch(images, torch.arange(size) % 6)


def test_a_uniform_guess_costs_the_logarithm_of_the_classes():
    model = made("classifier")
    torch.nn.init.zeros_(model.head.weight)
    torch.nn.init.zeros_(model.head.bias)
    torch.testing.assert_close(model.terms(batch())["loss"], torch.full((8,), 6.0).log())


def test_only_images_that_are_drawn_again_for_their_labels_are_learned_from():
    model, (images, labels, *_) = made("classifier").eval(), batch()
    few = Batch(images, torch.cat([torch.full((4,), -1), labels[4:]]), again=4)
    torch.testing.assert_close(model.terms(few)["loss"], model.terms(Batch(images[4:], labels[4:]))["loss"])


def test_a_probe_trains_its_last_layer_alone_and_normalizes_as_the_encoder_did():
    model = made("linear_probe").train()
    before = {name: value.clone() for name, value in model.encoder.state_dict().items()}
    model.terms(batch())["loss"].mean().backward()
    assert [name for name, weight in model.named_parameters() if weight.grad is not None] == [
        "head.weight",
        "head.bias",
    ]
    assert all(torch.equal(value, before[name]) for name, value in model.encoder.state_dict().items())


@pytest.mark.parametrize(("pretrained", "latent_dim"), [("ae", 8), ("vae", 16)])
def test_it_starts_from_the_encoder_of_an_autoencoder_and_of_a_vae(pretrained, latent_dim, tmp_path):
    words = ["model.latent_dim=8", "model.encoder.width=8", "model.decoder.width=8", "callbacks=infrequent"]
    run = small_run(pretrained, tmp_path / pretrained, *words, images=32)
    model, theirs = made("classifier", f"model.latent_dim={latent_dim}"), instantiate(compose.load(run.config).model)
    start_from(model, run)
    saved = torch.load(run.checkpoint("last"), weights_only=True)["state_dict"]
    theirs.load_state_dict(saved)
    x = batch().images
    with torch.no_grad():
        torch.testing.assert_close(model.eval().encode(x), theirs.eval().encoder(x))


def test_one_class_is_refused():
    with pytest.raises(UserError, match="two classes or more"):
        built(compose.composed(["model=classifier", *SMALL, "data.classes=1"]).model, "model")
