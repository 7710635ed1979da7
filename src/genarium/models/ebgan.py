"""GANs whose discriminator is an autoencoder: low energy where it reconstructs."""

from torch import Tensor

from genarium.distributed.world import gathered
from genarium.errors import UserError
from genarium.losses.adversarial import Boundary
from genarium.losses.information import pull
from genarium.models.gan import GAN, total
from genarium.protocols import Batch
from genarium.training.module import Terms


class EnergyGAN(GAN):
    """EBGAN with a pulling-away term: the codes of fakes are to differ (Zhao et al., arXiv:1609.03126, sec. 2.4)."""

    gives = "energies"

    def __init__(self, pull_weight: float, **gan) -> None:
        """`discriminator` (B, C, R, R) -> energies (B,) and codes (B, Z); the rest is GAN's."""
        super().__init__(**gan)
        self.pull_weight = pull_weight

    def judge(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        return self.discriminator(x)[0], {}

    def generator_terms(self, batch: Batch) -> Terms:
        energy, codes = self.discriminator(self.shown(self.generate(self.draw(batch), batch.labels)))
        parts = {"game": self.game.generator(energy, energy), "pull": self.pull_weight * pull(codes)}
        return {"loss": total(parts), **parts}


class BoundaryGAN(GAN):
    """BEGAN: after each round, k moves so that the energy of fakes stays a fixed share of that of real images
    (Berthelot et al., arXiv:1703.10717, sec. 3.4). `game` is a Boundary. Both players
    step in every round: k is a controller of their balance.
    """

    gives = "balanced energies"

    def __init__(self, game: Boundary, discriminator_steps: int, **gan) -> None:
        """`discriminator` (B, C, R, R) -> energies (B,) and codes (B, Z); the rest is GAN's."""
        super().__init__(game=game, discriminator_steps=discriminator_steps, **gan)
        if discriminator_steps != 1:
            raise UserError("BEGAN balances a step of each player: set model.discriminator_steps=1")

    def play(self, batch: Batch) -> None:
        energies = {}

        def discriminator_terms() -> Terms:
            terms = self.discriminator_terms(batch)
            energies["real"] = shared(terms["logits_real"])
            return terms

        def generator_terms() -> Terms:
            terms = self.generator_terms(batch)
            energies["fake"] = shared(terms["game"])
            return terms | {"k": self.game.k[None], "convergence": self.game.convergence(**energies)[None]}

        self.descend("discriminator", discriminator_terms)
        self.descend("generator", generator_terms)
        self.game.balance(**energies)

    def judge(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        return self.discriminator(x)[0], {}


def shared(values: Tensor) -> Tensor:
    """The mean over the batch of all processes, detached. (B,) -> ()."""
    return gathered(values.detach().float()).mean()
