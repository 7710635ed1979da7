"""Feature matching."""

import torch
from torch import Tensor

from genarium.losses.information import feature_matching
from genarium.models.gan import GAN
from genarium.models.two_player_game import total
from genarium.protocols import Batch, HasFeatures, require
from genarium.training.steps import Terms


class FeatureMatchingGAN(GAN):
    """Feature matching: the generator matches the mean of the discriminator's features on
    real images (Salimans et al., arXiv:1606.03498, sec. 3.1)."""

    def generator_terms(self, batch: Batch) -> Terms:
        with torch.no_grad():
            real = self.features(self.augment(self.real_images(batch)))
        fake = self.features(self.augment(self.generate(self.sample_latents(batch), batch.labels)))
        parts = {"features": feature_matching(real, fake)}
        return {"loss": total(parts), **parts}

    def features(self, x: Tensor) -> Tensor:
        """The discriminator's, (B, C, R, R) -> (B, F)."""
        return require(self.discriminator, HasFeatures).features(x)
