"""Regularizers of weights, on layers whose filters are written down."""

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.losses.weight_regularizer import none, orthogonal
from genarium.networks.spectral_norm import with_spectral_norm


def layers() -> tuple[nn.Module, nn.Module]:
    """Orthogonal filters, and two parallel ones of norms 1 and 2."""
    linear, transposed = nn.Linear(2, 2), nn.ConvTranspose2d(1, 2, 1)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([[3.0, 0.0], [0.0, 5.0]]))
        transposed.weight.copy_(torch.tensor([[1.0, 2.0]]).view(1, 2, 1, 1))
    return linear, transposed


def test_orthogonality_counts_each_pair_of_filters_twice_and_no_filter_with_itself():
    linear, transposed = layers()
    assert orthogonal(linear, beta=1.0)["orthogonality"] == 0
    assert orthogonal(nn.Sequential(linear, transposed, nn.BatchNorm2d(2)), beta=0.5)["orthogonality"] == (1 * 2) ** 2
    assert none(linear) == {}


def test_orthogonality_pushes_parallel_filters_apart():
    _, transposed = layers()
    orthogonal(transposed, beta=1.0)["orthogonality"].backward()
    assert torch.equal(transposed.weight.grad.flatten(), torch.tensor([16.0, 8.0]))  # 4 a b^2 and 4 a^2 b


def test_orthogonality_is_of_the_weights_before_spectral_normalization():
    network = with_spectral_norm(nn.Linear(2, 2))
    with torch.no_grad():
        network.parametrizations.weight.original.copy_(torch.tensor([[1.0, 0.0], [2.0, 0.0]]))
    assert orthogonal(network, beta=1.0)["orthogonality"] == 8


def test_a_network_without_filters_is_refused_in_a_sentence():
    with pytest.raises(UserError, match="model/generator_regularizer=none"):
        orthogonal(nn.BatchNorm2d(2), beta=1.0)
