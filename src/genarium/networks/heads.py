"""What stands at the end of a generator or a discriminator."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from genarium.networks.conv import ConvEncoder, Discriminator, Generator, Layer, initialise_as_dcgan
from genarium.networks.minibatch import MinibatchDiscrimination, MinibatchStdDev


class Bounded(nn.Sequential):
    """A decoder's images, (B, Z) -> (B, C, R, R), in [-1, 1]."""

    def __init__(self, decoder: nn.Module) -> None:
        super().__init__(decoder, nn.Tanh())


class Logits(nn.Sequential):
    """An encoder of one number, (B, C, R, R) -> (B, 1), as logits (B,)."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__(encoder, nn.Flatten(0))


class UnboundedGenerator(Generator):
    """DCGAN's generator without its Tanh."""

    def __init__(self, **generator) -> None:
        super().__init__(**generator)
        self[1] = nn.Identity()


class FeatureDiscriminator(Discriminator):
    """DCGAN's discriminator, and the features under its last layer."""

    def features(self, x: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, F)."""
        for layer in list(self[0])[:-1]:
            x = layer(x)
        return x


class Features(nn.Module):
    """DCGAN's discriminator up to features of an image, (B, C, R, R) -> (B, F); a subclass adds its head."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        norm: Layer,
        activation: Callable[[], nn.Module],
        feature_dim: int,
    ) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            ConvEncoder(channels, resolution, width, feature_dim, norm, activation), activation()
        )
        initialise_as_dcgan(self.trunk)
        self.feature_dim = feature_dim

    def features(self, x: Tensor) -> Tensor:
        return self.trunk(x)


class Classifier(Features):
    """(B, C, R, R) -> logits of K classes (B, K)."""

    def __init__(self, classes: int, **features) -> None:
        super().__init__(**features)
        self.head = nn.Linear(self.feature_dim, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))


class AuxiliaryDiscriminator(Features):
    """(B, C, R, R) -> logits (B,) and what else it tells of the image (B, out_dim), from the same features."""

    def __init__(self, out_dim: int, **features) -> None:
        super().__init__(**features)
        self.head, self.telling = nn.Linear(self.feature_dim, 1), nn.Linear(self.feature_dim, out_dim)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.features(x)
        return self.head(features).flatten(), self.telling(features)


class InfoGANDiscriminator(AuxiliaryDiscriminator):
    """(B, C, R, R) -> logits (B,) and a guess of InfoGAN's code (B, categorical_dims + 2 continuous_dims): logits of
    the categorical_dims, mean and log scale of the continuous_dims (Chen et al., arXiv:1606.03657, sec. 5)."""

    def __init__(self, categorical_dims: int, continuous_dims: int, **features) -> None:
        super().__init__(out_dim=categorical_dims + 2 * continuous_dims, **features)


class ProjectionDiscriminator(Features):
    """(B, C, R, R), (B,) -> logits (B,): the label's vector projected on the features, beside a head that does not know
    the label (Miyato & Koyama, arXiv:1802.05637, eq. 3). The vectors start as small as the network's other weights: a
    default embedding, N(0, 1), is all that one would hear of the head."""

    def __init__(self, classes: int, **features) -> None:
        super().__init__(**features)
        self.head, self.embedding = nn.Linear(self.feature_dim, 1), nn.Embedding(classes, self.feature_dim)
        nn.init.normal_(self.embedding.weight, 0.0, 0.02)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        features = self.features(x)
        return self.head(features).flatten() + (self.embedding(labels) * features).sum(1)


class MinibatchDiscriminator(Features):
    """(B, C, R, R) -> logits (B,), from features of the image and how close other images of the batch come to it."""

    def __init__(self, kernels: int, kernel_dim: int, **features) -> None:
        super().__init__(**features)
        self.head = compared(self.feature_dim, kernels, kernel_dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x)).flatten()


class MinibatchLogits(nn.Sequential):
    """An encoder of features, (B, C, R, R) -> (B, F), as logits (B,) that also see how close others of the
    batch come."""

    def __init__(
        self, encoder: nn.Module, activation: nn.Module, feature_dim: int, kernels: int, kernel_dim: int
    ) -> None:
        super().__init__(encoder, activation, compared(feature_dim, kernels, kernel_dim), nn.Flatten(0))


def compared(feature_dim: int, kernels: int, kernel_dim: int) -> nn.Sequential:
    """(B, F) -> (B, 1), from each example's features and how close the others of its batch come to them."""
    closeness = MinibatchDiscrimination(feature_dim, kernels, kernel_dim)
    return nn.Sequential(closeness, nn.Linear(feature_dim + kernels, 1))


class MinibatchStdDevDiscriminator(Discriminator):
    """DCGAN's discriminator, (B, C, R, R) -> logits (B,), whose last layer also sees how much images of a group differ
    (Karras et al., arXiv:1710.10196, sec. 3)."""

    def __init__(self, group: int, **discriminator) -> None:
        super().__init__(**discriminator)
        *body, flatten, head = self[0]
        inputs = head.in_features * (body[-3].out_channels + 1) // body[-3].out_channels
        self[0] = nn.Sequential(*body, MinibatchStdDev(group), flatten, nn.Linear(inputs, 1))
        initialise_as_dcgan(self[0][-1])


class JointDiscriminator(Features):
    """An image and a code, (B, C, R, R), (B, Z) -> logits (B,): one hidden layer over both."""

    def __init__(self, latent_dim: int, **features) -> None:
        super().__init__(**features)
        width = self.feature_dim
        self.head = nn.Sequential(nn.Linear(width + latent_dim, width), nn.LeakyReLU(0.2), nn.Linear(width, 1))

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        return self.head(torch.cat([self.features(x), z], 1)).flatten()
