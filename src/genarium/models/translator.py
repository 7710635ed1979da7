"""Translation of images by a conditional GAN."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from genarium.losses.reconstruction import Distance
from genarium.models.translation import Translation, read_by, sources_of
from genarium.models.two_player_game import TwoPlayerGame
from genarium.protocols import Batch
from genarium.training.steps import Steps, Terms
from genarium.transforms.degradation import Degradation


class Translator(Translation, TwoPlayerGame):
    """Conditional GAN from an image to an image, pix2pix (Isola et al., arXiv:1611.07004, eq. 4).

    The generator is given a source, and minimizes the game and a distance to the target; the discriminator sees source
    and target side by side, for real and for fake ones. Super-resolution, inpainting and colorization are this class
    with another `degradation`, network or `discriminator_input`. A source is drawn once for all steps of a round.
    Terms: `adversarial` and `distance`, neither weighted.
    """

    def __init__(
        self,
        degradation: Degradation,
        discriminator_input: Callable[[Tensor], Tensor],
        distance: Distance,
        distance_weight: float,
        adversarial_weight: float,
        **game: Any,
    ) -> None:
        """`generator` (B, S, R, R) -> (B, C, R, R); `degradation` makes sources where the data have none;
        `discriminator_input` (B, S + C, R, R) -> what the discriminator is shown of both; `distance` (B, …) x (B, …) ->
        (B,); the rest is TwoPlayerGame's."""
        super().__init__(**game)
        self.degradation, self.discriminator_input, self.distance = degradation, discriminator_input, distance
        self.distance_weight, self.adversarial_weight = distance_weight, adversarial_weight
        self.trained_on = read_by(distance)

    @property
    def needs_pairs(self) -> bool:
        return self.distance_weight != 0

    def steps(self, batch: Batch) -> Steps:
        yield from super().steps(self.paired(batch))

    def sample_latents(self, batch: Batch) -> Tensor:
        """The sources, from which fakes are made."""
        return sources_of(batch)

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        """Sources, and the fakes of them: (B, S, R, R) -> (B, S + C, R, R)."""
        return torch.cat([z, self.generator(z).float()], 1)

    def real_images(self, batch: Batch) -> Tensor:
        """Sources, and their targets, (B, S + C, R, R)."""
        return torch.cat([sources_of(batch), batch.images], 1)

    def augment(self, x: Tensor) -> Tensor:
        return super().augment(self.discriminator_input(x))

    def fidelity(self, batch: Batch, fake: Tensor) -> Terms:
        return {"distance": self.distance(batch.images, fake[:, -batch.images.shape[1] :])}

    def weighted(self, parts: Terms) -> Terms:
        weights = {"adversarial": self.adversarial_weight, "distance": self.distance_weight}
        return {name: weights.get(name, 1.0) * part for name, part in parts.items()}
