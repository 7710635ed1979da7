"""CUT: translation without pairs, by contrast of patches."""

from typing import Any

import torch
from torch import Tensor, nn

from genarium.models.translation import sources_of
from genarium.models.translator import Translator
from genarium.protocols import Batch, HasMaps, require
from genarium.training.steps import Terms


class ContrastiveTranslator(Translator):
    """Contrastive unpaired translation, CUT (Park et al., arXiv:2007.15651, eq. 5): `distance` compares features of the
    generator's own encoder at places of the source with those at the same places of the fake, and those of a target
    with those of its translation, which is to be itself; the mean of the two."""

    def __init__(self, projection: nn.Module, places: int, **translator: Any) -> None:
        """`projection` maps (B, c, H, W) of each size, places (P,) of each -> features (B, P, F) of each; `places` of
        each map that are compared, at most; the `generator` has `maps`, `distance` (B, P, F) twice -> (B,); the rest is
        Translator's."""
        super().__init__(**translator)
        self.projection, self.places = projection, places
        require(self.generator, HasMaps)

    @property
    def needs_pairs(self) -> bool:
        return False

    def networks(self) -> dict[str, nn.Module]:
        generator = nn.ModuleList([self.generator, self.projection])
        return {"generator": generator, "discriminator": self.discriminator}

    def fidelity(self, batch: Batch, fake: Tensor) -> Terms:
        made = self.contrast(sources_of(batch), fake[:, -batch.images.shape[1] :])
        kept = self.contrast(batch.images, self.generator(batch.images).float())
        return {"distance": (made + kept) / 2}

    def contrast(self, source: Tensor, made: Tensor) -> Tensor:
        """Mean over maps of the distance of what was made to its source, whose features are fixed, (B,)."""
        encoder = require(self.generator, HasMaps)
        with torch.no_grad():
            fixed = encoder.maps(source)
        chosen = [self.drawn(maps) for maps in fixed]
        query, key = self.projection(encoder.maps(made), chosen), self.projection(fixed, chosen)
        distances = [self.distance(q, k.detach()) for q, k in zip(query, key, strict=True)]
        return torch.stack(distances).mean(0)

    def drawn(self, maps: Tensor) -> Tensor:
        """Places of maps, the same in every image of the batch, on every process. (B, c, H, W) -> (P,)"""
        return torch.randperm(maps.shape[2] * maps.shape[3], device=maps.device)[: self.places]
