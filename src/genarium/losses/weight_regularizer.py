"""Regularizers of a network's weights, named terms of one number each, () -> added to its player's loss."""

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from genarium.errors import UserError


def none(network: nn.Module) -> dict[str, Tensor]:
    """No regularizer."""
    return {}


def orthogonal(network: nn.Module, beta: float) -> dict[str, Tensor]:
    """Orthogonal regularization: beta times the squared inner products of different filters, summed over convolutions
    and linear layers, in single precision (Brock et al., arXiv:1809.11096, eq. 3, whose W has filters as columns).

    >>> network = nn.Linear(2, 2)
    >>> network.weight.data = torch.tensor([[1.0, 2.0], [3.0, 1.0]])
    >>> orthogonal(network, beta=0.5)["orthogonality"].item()  # filters of inner product 5: 0.5 * (5^2 + 5^2)
    25.0
    """
    weights = [filters(layer) for layer in network.modules() if isinstance(layer, KINDS)]
    if not weights:
        raise UserError("there are no filters to keep apart: choose model/generator_regularizer=none")
    with torch.autocast(weights[0].device.type, enabled=False):
        products = [(rows @ rows.T).fill_diagonal_(0).square().sum() for rows in weights]
        return {"orthogonality": beta * torch.stack(products).sum()}


KINDS = nn.Conv2d | nn.ConvTranspose2d | nn.Linear


def filters(layer: nn.Module) -> Tensor:
    """The learned weight of a layer of KINDS as a matrix, a row an output, (out, rest); under spectral normalization,
    the weight before it."""
    weight = layer.get_parameter("parametrizations.weight.original" if is_parametrized(layer, "weight") else "weight")
    return (weight.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else weight).flatten(1).float()
