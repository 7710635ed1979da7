"""EfficientNet-Lite as extractors of torch-fidelity: they need no download.

Importing this module registers them: torch-fidelity's own functions then take feature_extractor="efficientnet-lite0".
"""

import torch
from torch import Tensor, nn
from torch_fidelity import register_feature_extractor
from torch_fidelity.feature_extractor_base import FeatureExtractorBase
from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

from genarium.networks.efficientnet_lite import efficientnet_lite, scaled

SIZES = {"efficientnet-lite0": 224, "efficientnet-lite1": 240}
"""The side of images that each was trained with."""


class FeatureExtractorEfficientNetLite(FeatureExtractorBase):
    """(B, 3, H, W) uint8 -> `1280`: pooled features (B, 1280); `logits`: ImageNet's classes (B, 1000).

    Resized by bilinear interpolation with half-pixel centers; without antialiasing, as in torch-fidelity's other
    extractors.
    """

    def __init__(
        self, name: str, features_list: list[str], feature_extractor_weights_path: str | None = None, **_
    ) -> None:
        """torch-fidelity passes all of its settings to every extractor; this one has use for the weights' path only."""
        super().__init__(name, features_list)
        self.network, self.size = efficientnet_lite(name, feature_extractor_weights_path), SIZES[name]

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        x = nn.functional.interpolate(images.float(), (self.size, self.size), mode="bilinear", align_corners=False)
        pooled = self.network.extract_features(scaled(x)).mean((2, 3))
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


for _name in SIZES:
    if _name not in FEATURE_EXTRACTORS_REGISTRY:
        register_feature_extractor(_name, FeatureExtractorEfficientNetLite)
