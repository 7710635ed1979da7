"""Discriminators with more than one logit per image, on a trunk of features."""

import torch
from torch import Tensor, nn

from genarium.networks.initialization import torch_default
from genarium.networks.minibatch import MinibatchDiscrimination
from genarium.networks.types import Activation, Init


class FeatureTrunk(nn.Sequential):
    """Features of an image: an encoder, (B, C, R, R) -> (B, F), and its activation."""

    def __init__(self, encoder: nn.Module, activation: Activation, init: Init = torch_default) -> None:
        super().__init__(encoder, activation())
        init(self)


class TrunkDiscriminator(nn.Module):
    """Discriminator on a trunk of features; a subclass adds its heads."""

    def __init__(self, trunk: nn.Module) -> None:
        """`trunk` (B, C, R, R) -> (B, F)."""
        super().__init__()
        self.trunk = trunk

    def features(self, x: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, F)."""
        return self.trunk(x)


class Classifier(TrunkDiscriminator):
    """Classifier of images, (B, C, R, R) -> logits of K classes (B, K)."""

    def __init__(self, trunk: nn.Module, feature_dim: int, classes: int) -> None:
        super().__init__(trunk)
        self.head = nn.Linear(feature_dim, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))


class AuxiliaryDiscriminator(TrunkDiscriminator):
    """Discriminator with an auxiliary head, (B, C, R, R) -> logits (B,) and the head's outputs (B, out_dim), from the
    same features (Odena et al., arXiv:1610.09585)."""

    def __init__(self, trunk: nn.Module, feature_dim: int, out_dim: int) -> None:
        super().__init__(trunk)
        self.head, self.auxiliary = nn.Linear(feature_dim, 1), nn.Linear(feature_dim, out_dim)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.features(x)
        return self.head(features).flatten(), self.auxiliary(features)


class InfoGANDiscriminator(AuxiliaryDiscriminator):
    """InfoGAN's discriminator, (B, C, R, R) -> logits (B,) and the parameters of q(c | x), (B, categorical_dims + 2
    continuous_dims): logits of the categories, mean and log scale of the numbers (Chen et al., arXiv:1606.03657,
    sec. 5)."""

    def __init__(self, trunk: nn.Module, feature_dim: int, categorical_dims: int, continuous_dims: int) -> None:
        super().__init__(trunk, feature_dim, out_dim=categorical_dims + 2 * continuous_dims)


class ProjectionDiscriminator(TrunkDiscriminator):
    """Projection discriminator, (B, C, R, R), (B,) -> logits (B,): the label's vector projected on the features, plus
    an unconditional head (Miyato & Koyama, arXiv:1802.05637, eq. 3). The vectors start from N(0, 0.02^2), as the other
    weights: under a default embedding, N(0, 1), the label's term would swamp the head."""

    def __init__(self, trunk: nn.Module, feature_dim: int, classes: int) -> None:
        super().__init__(trunk)
        self.head, self.embedding = nn.Linear(feature_dim, 1), nn.Embedding(classes, feature_dim)
        nn.init.normal_(self.embedding.weight, 0.0, 0.02)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        features = self.features(x)
        return self.head(features).flatten() + (self.embedding(labels) * features).sum(1)


class MinibatchDiscriminator(TrunkDiscriminator):
    """Discriminator with minibatch discrimination, (B, C, R, R) -> logits (B,), from an image's features and how close
    the other images of the batch come to them (Salimans et al., arXiv:1606.03498, sec. 3.2)."""

    def __init__(self, trunk: nn.Module, feature_dim: int, kernels: int, kernel_dim: int) -> None:
        super().__init__(trunk)
        closeness = MinibatchDiscrimination(feature_dim, kernels, kernel_dim)
        self.head = nn.Sequential(closeness, nn.Linear(feature_dim + kernels, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x)).flatten()


class JointDiscriminator(TrunkDiscriminator):
    """Joint discriminator of an image and a code, (B, C, R, R), (B, Z) -> logits (B,): one hidden layer over both
    (Dumoulin et al., arXiv:1606.00704)."""

    def __init__(self, trunk: nn.Module, feature_dim: int, latent_dim: int) -> None:
        super().__init__(trunk)
        hidden = nn.Linear(feature_dim + latent_dim, feature_dim)
        self.head = nn.Sequential(hidden, nn.LeakyReLU(0.2), nn.Linear(feature_dim, 1))

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        return self.head(torch.cat([self.features(x), z], 1)).flatten()
