"""Every autoencoder and VAE on the smallest batches, on images of one color, and in bfloat16: finite, or refused."""

import pytest
import torch
from hydra.utils import instantiate

from genarium.errors import UserError
from genarium.protocols import Batch
from genarium.training.module import Module
from genarium.training.steps import Objective, Terms, take_steps
from small import configured, models

MODELS = models("autoencoders")
LEAST = {"ae_recurrent", "wae_mmd", "beta_tc_vae", "dip_vae_i", "dip_vae_ii", "factor_vae", "vae_gan", "info_vae"}
LEAST |= {"vae_recurrent"}
"""Models that compare the images of a batch, or normalize one number by it: they learn from two images or more."""
FLAT = {"black": -1.0, "gray": 0.0}


def built(name: str) -> Module:
    torch.manual_seed(0)
    return instantiate(configured(name).model)


def slopes(model: Module, images: torch.Tensor) -> list[torch.Tensor]:
    """Terms and gradients of every player in one round on `images`, of which no step is taken."""
    found = []

    def descend(player: str, objective: Objective) -> Terms:
        values = objective()
        weights = [weight for weight in model.networks()[player].parameters() if weight.requires_grad]
        gradients = torch.autograd.grad(values["loss"].mean(), weights, allow_unused=True)
        found.extend([*values.values(), *(gradient for gradient in gradients if gradient is not None)])
        return values

    take_steps(model.steps(Batch(images, torch.zeros(len(images), dtype=torch.long))), descend)
    return found


@pytest.mark.parametrize("color", FLAT)
@pytest.mark.parametrize("model", MODELS)
def test_images_of_one_color_leave_terms_and_gradients_finite(model, color):
    made = built(model)
    for precision in (torch.float32, torch.bfloat16):
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            found = slopes(made, torch.full((2, 3, 16, 16), FLAT[color]))
        assert found and all(numbers.isfinite().all() for numbers in found), precision


@pytest.mark.parametrize("model", MODELS)
def test_one_image_is_learned_from_or_refused(model):
    made, image = built(model), torch.rand(1, 3, 16, 16) * 2 - 1
    if model in LEAST:
        with pytest.raises((UserError, ValueError), match=r"batch_size=2|more than 1 value"):
            slopes(made, image)
    else:
        assert all(numbers.isfinite().all() for numbers in slopes(made, image))


@pytest.mark.parametrize("model", MODELS)
def test_a_last_held_out_image_is_measured_alone(model):
    made = built(model).eval()
    with torch.no_grad():
        terms = made.terms(Batch(torch.rand(1, 3, 16, 16) * 2 - 1, torch.zeros(1, dtype=torch.long)))
    assert all(values.isfinite().all() and values.shape == (1,) for values in terms.values())
