"""Configurations that runs of before hold are still built, with the objective that they had."""

import math

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from toys import Images

from genarium.config.compose import composed
from small import SMALL, shrunk

REGULARIZERS = {
    "total_correlation": {"_target_": "genarium.losses.total_correlation.total_correlation"},
    "dip_i": {"_target_": "genarium.losses.total_correlation.dip_i", "off_diagonal": 10.0, "diagonal": 100.0},
    "dip_ii": {"_target_": "genarium.losses.total_correlation.dip_ii", "off_diagonal": 10.0, "diagonal": 10.0},
    "free_bits": {"_target_": "genarium.losses.divergence.free_bits", "least": 0.25},
}
COSINE = {"_target_": "genarium.training.schedules.cosine", "_partial_": True, "start": 1.0, "stop": 0.05, "over": 640}


@pytest.mark.parametrize("name", REGULARIZERS)
def test_a_vae_of_before_is_built_from_its_configuration(name):
    config = composed(["model=vae", *SMALL, "name=run", "model.latent_dim=8"]).model
    OmegaConf.resolve(shrunk(config))
    del config["free_bits"]
    config.regularizer = {"_partial_": True, **REGULARIZERS[name]}
    config.players.vae.learning_rate = COSINE
    model = instantiate(config)
    assert model.optimizers["vae"].learning_rate(320) == pytest.approx(0.525)
    terms = model.terms(Images(torch.rand(32, 3, 16, 16)))
    assert all(values.isfinite().all() for values in terms.values())
    assert "regularizer.running" not in model.state_dict()


def test_a_cosine_of_before_is_half_way_in_the_middle():
    assert instantiate(OmegaConf.create(COSINE))()(320) == pytest.approx(0.05 + 0.95 * (1 + math.cos(math.pi / 2)) / 2)
