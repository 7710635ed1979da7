"""BEGAN: an energy-based GAN in equilibrium."""

from typing import ClassVar

from torch import Tensor

from genarium.distributed.world import all_gather_batch
from genarium.errors import UserError
from genarium.losses.adversarial import AdversarialLoss
from genarium.losses.energy import BEGANLoss
from genarium.models.ebgan import EnergyDiscriminatorGAN
from genarium.protocols import Batch
from genarium.training.steps import Steps, Terms


class BEGAN(EnergyDiscriminatorGAN):
    """BEGAN: after each round, k moves so that the energy of fakes stays a fixed share of that of real images
    (Berthelot et al., arXiv:1703.10717, sec. 3.4). Both players step in every round: k is a controller of their
    balance.
    """

    loss_kind: ClassVar[type[AdversarialLoss]] = BEGANLoss
    adversarial_loss: BEGANLoss

    def __init__(self, adversarial_loss: BEGANLoss, discriminator_steps: int, **gan) -> None:
        """`discriminator` (B, C, R, R) -> energies (B,) and codes (B, Z); the rest is GAN's."""
        super().__init__(adversarial_loss=adversarial_loss, discriminator_steps=discriminator_steps, **gan)
        if discriminator_steps != 1:
            raise UserError("BEGAN balances a step of each player: set model.discriminator_steps=1")

    def steps(self, batch: Batch) -> Steps:
        terms = yield "discriminator", lambda: self.discriminator_terms(batch)
        real = batch_mean(terms["energy_real"])
        terms = yield "generator", lambda: self.regularized(self.balanced_terms(batch, real))
        self.adversarial_loss.balance(real, batch_mean(terms["adversarial"]))

    def balanced_terms(self, batch: Batch, real: Tensor) -> Terms:
        """The generator's, with k and the measure of convergence; `real` is the mean energy of real images."""
        terms = self.generator_terms(batch)
        convergence = self.adversarial_loss.convergence(real, batch_mean(terms["adversarial"]))
        return terms | {"k": self.adversarial_loss.k[None], "convergence": convergence[None]}


def batch_mean(values: Tensor) -> Tensor:
    """Mean over the batch of all processes, detached. (B,) -> ()."""
    return all_gather_batch(values.detach().float()).mean()
