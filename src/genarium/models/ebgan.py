"""EBGAN: a GAN whose discriminator is an autoencoder."""

from typing import ClassVar

from torch import Tensor

from genarium.losses.adversarial import AdversarialLoss
from genarium.losses.energy import EnergyLoss
from genarium.losses.information import pulling_away
from genarium.models.gan import GAN
from genarium.models.two_player_game import total
from genarium.protocols import Batch
from genarium.training.steps import Terms


class EnergyDiscriminatorGAN(GAN):
    """GAN whose discriminator gives an energy, low where it reconstructs the image."""

    output_name: ClassVar[str] = "energy"

    def discriminate(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        return self.discriminator(x)[0], {}


class EBGAN(EnergyDiscriminatorGAN):
    """EBGAN with the pulling-away term, which spreads the codes of fakes (Zhao et al., arXiv:1609.03126, sec. 2.4)."""

    loss_kind: ClassVar[type[AdversarialLoss]] = EnergyLoss

    def __init__(self, pt_weight: float, **gan) -> None:
        """`discriminator` (B, C, R, R) -> energies (B,) and codes (B, Z); `pt_weight` of the pulling-away term; the
        rest is GAN's."""
        super().__init__(**gan)
        self.pt_weight = pt_weight

    def generator_terms(self, batch: Batch) -> Terms:
        energy, codes = self.discriminator(self.augment(self.generate(self.sample_latents(batch), batch.labels)))
        parts = {
            "adversarial": self.adversarial_loss.generator(energy, energy),
            "pulling_away": self.pt_weight * pulling_away(codes),
        }
        return {"loss": total(parts), **parts}
