"""Convolutional encoder and decoder of grids of codes (van den Oord et al., arXiv:1711.00937, sec. 4.1)."""

import torch
from torch import nn

from genarium.errors import UserError
from genarium.networks.conv import biased, transposed
from genarium.networks.resnet import Residual
from genarium.networks.types import Activation, Norm


class ConvGridEncoder(nn.Sequential):
    """Encoder to a grid of codes, (B, C, R, R) -> (B, out_dim, side, side) with side = R / 2^downsamplings."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        downsamplings: int,
        blocks: int,
        out_dim: int,
        norm: Norm,
        activation: Activation,
    ) -> None:
        if downsamplings < 1 or resolution % 2**downsamplings:
            raise UserError(
                f"{resolution} px cannot be halved {downsamplings} times: choose model.encoder.downsamplings=1 or 2"
            )
        layers: list[nn.Module] = []
        for level in range(downsamplings):
            layers += [nn.Conv2d(width if level else channels, width, 4, stride=2, padding=1, bias=biased(norm))]
            layers += [norm(width), activation()] if level < downsamplings - 1 else []
        layers += [Residual(width, width, norm, activation) for _ in range(blocks)]
        super().__init__(*layers, norm(width), activation(), nn.Conv2d(width, out_dim, 1))
        self.side = resolution // 2**downsamplings
        self.to(memory_format=torch.channels_last)


class ConvGridDecoder(nn.Sequential):
    """Decoder of a grid of codes, (B, in_dim, side, side) -> (B, C, R, R) with R = side · 2^downsamplings,
    unbounded."""

    def __init__(
        self,
        channels: int,
        width: int,
        downsamplings: int,
        blocks: int,
        in_dim: int,
        norm: Norm,
        activation: Activation,
    ) -> None:
        layers: list[nn.Module] = [nn.Conv2d(in_dim, width, 3, padding=1, bias=biased(norm))]
        layers += [Residual(width, width, norm, activation) for _ in range(blocks)]
        for level in range(downsamplings):
            last = level == downsamplings - 1
            up = transposed(width, channels if last else width, biased(norm) or last)
            layers += [norm(width), activation(), up]
        super().__init__(*layers)
        self.to(memory_format=torch.channels_last)
