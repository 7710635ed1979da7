"""CycleGAN: translation without pairs."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from genarium.losses.adversarial import LogitLoss, per_image
from genarium.losses.reconstruction import mean_absolute_error
from genarium.models.translation import Translation, sources_of
from genarium.models.two_player_game import check_output_kind, total
from genarium.protocols import Batch
from genarium.training.module import Module
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.schedules import Schedule
from genarium.training.steps import Steps, Terms
from genarium.transforms.degradation import Degradation


class CycleGAN(Translation, Module):
    """CycleGAN: two translators, one each way, whose round trips come back (Zhu et al., arXiv:1703.10593, eq. 3).

    Paper names: G = `generator`, F = `backward_generator`, D_Y = `discriminator`, D_X = `backward_discriminator`; X are
    sources, Y targets. Discriminators are shown fakes from a pool of past ones, and step first. Terms, none weighted:
    `adversarial`, `identity`, `forward_cycle` |F(G(x)) - x|, `backward_cycle` |G(F(y)) - y|.
    """

    def __init__(
        self,
        generator: nn.Module,
        backward_generator: nn.Module,
        discriminator: nn.Module,
        backward_discriminator: nn.Module,
        pool: nn.Module,
        backward_pool: nn.Module,
        adversarial_loss: LogitLoss,
        degradation: Degradation,
        weights: Mapping[str, float],
        optimizers: Mapping[str, OptimizerSpec],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """Generators (B, C, R, R) -> (B, C, R, R), discriminators -> logits (B,) or of patches (B, h, w); pools
        (B, C, R, R) -> the same; `weights` of each term of the generators' objective."""
        super().__init__(optimizers, schedules)
        self.generator, self.backward_generator = generator, backward_generator
        self.discriminator, self.backward_discriminator = discriminator, backward_discriminator
        self.pool, self.backward_pool = pool, backward_pool
        self.adversarial_loss = check_output_kind(adversarial_loss, LogitLoss)
        self.degradation, self.term_weights = degradation, dict(weights)

    def networks(self) -> dict[str, nn.Module]:
        return {
            "generator": nn.ModuleList([self.generator, self.backward_generator]),
            "discriminator": nn.ModuleList([self.discriminator, self.backward_discriminator]),
        }

    def steps(self, batch: Batch) -> Steps:
        x, y = sources_of(self.paired(batch)), batch.images
        yield "discriminator", lambda: self.discriminator_terms(x, y)
        yield "generator", lambda: self.generator_terms(x, y)

    def discriminator_terms(self, x: Tensor, y: Tensor) -> Terms:
        with torch.no_grad():
            fake_y = self.pool(self.generator(x).float())
            fake_x = self.backward_pool(self.backward_generator(y).float())
        logits = (self.discriminator(y), self.discriminator(fake_y))
        backward = (self.backward_discriminator(x), self.backward_discriminator(fake_x))
        games = [per_image(self.adversarial_loss.discriminator(*both)) for both in (logits, backward)]
        loss = games[0] + games[1]
        outputs = {"logits_real": per_image(logits[0]), "logits_fake": per_image(logits[1])}
        return {"loss": loss, "adversarial": loss, **outputs}

    def generator_terms(self, x: Tensor, y: Tensor) -> Terms:
        fake_y, fake_x = self.generator(x), self.backward_generator(y)
        parts = {
            "adversarial": self.won(self.discriminator, y, fake_y) + self.won(self.backward_discriminator, x, fake_x),
            "forward_cycle": mean_absolute_error(x, self.backward_generator(fake_y)),
            "backward_cycle": mean_absolute_error(y, self.generator(fake_x)),
            "identity": mean_absolute_error(y, self.generator(y)) + mean_absolute_error(x, self.backward_generator(x)),
        }
        return {"loss": total({name: self.term_weights[name] * part for name, part in parts.items()}), **parts}

    def won(self, discriminator: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        """A generator's side of its game, (B,)."""
        logits_real = None
        if self.adversarial_loss.needs_real:
            with torch.no_grad():
                logits_real = discriminator(real)
        return per_image(self.adversarial_loss.generator(logits_real, discriminator(fake)))

    def translate_back(self, targets: Tensor) -> Tensor:
        return self.backward_generator(targets).float().clamp(-1, 1)
