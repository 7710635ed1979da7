"""Two-player game of a generator and a discriminator, the base of GANs and of translators of images."""

import functools
from collections.abc import Callable, Mapping
from typing import ClassVar, TypeVar

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.losses.adversarial import AdversarialLoss, LogitLoss, per_image
from genarium.losses.gradient_penalty import Penalty, at_step, check_per_example
from genarium.protocols import Batch
from genarium.training.module import Module
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.schedules import Schedule
from genarium.training.steps import Steps, Terms
from genarium.transforms.augmentation import Augmentation, images_per_input, instance_noise

WeightRegularizer = Callable[[nn.Module], Terms]
"""Named terms of a network's weights, () each, to be added to its player's loss."""

Kind = TypeVar("Kind", bound=AdversarialLoss)


def check_output_kind(adversarial_loss: AdversarialLoss, kind: type[Kind]) -> Kind:
    """`adversarial_loss`; UserError where it is not of the outputs that the discriminator gives."""
    if not isinstance(adversarial_loss, kind):
        name, given = type(adversarial_loss).__name__, adversarial_loss.output
        raise UserError(
            f"{name} is a loss on {given}, the discriminator gives {kind.output}:"
            " choose another model/adversarial_loss="
        )
    return adversarial_loss


class TwoPlayerGame(Module):
    """Game of a generator against a discriminator (Goodfellow et al., arXiv:1406.2661, alg. 1).

    Each player minimizes the sum of the named parts of its objective. The discriminator sees real and fake images
    apart, so that BatchNorm does not mix them. It may give one logit per image or one per patch: the loss is applied to
    each, then averaged over the patches of an image. A subclass says what fakes are made from, and how.
    """

    loss_kind: ClassVar[type[AdversarialLoss]] = LogitLoss
    output_name: ClassVar[str] = "logits"

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        adversarial_loss: AdversarialLoss,
        penalty: Penalty,
        augmentation: Augmentation,
        generator_regularizer: WeightRegularizer,
        discriminator_steps: int,
        optimizers: Mapping[str, OptimizerSpec],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """`discriminator` (B, C, R, R) -> logits (B,) or, of patches, (B, h, w); `augmentation` changes the images that
        it sees; the generator steps once in every `discriminator_steps` batches."""
        super().__init__(optimizers, schedules)
        self.generator, self.discriminator = generator, discriminator
        self.adversarial_loss = check_output_kind(adversarial_loss, self.loss_kind)
        self.penalty, self.augmentation = check_per_example(penalty, discriminator), augmentation
        self.generator_regularizer, self.discriminator_steps = generator_regularizer, discriminator_steps
        self.instance_noise = 0.0  # a schedule may set it

    def networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "discriminator": self.discriminator}

    @property
    def batch_multiple(self) -> int:
        return images_per_input(self.augmentation)

    @property
    def round_length(self) -> int:
        return self.discriminator_steps

    # the algorithm box

    def steps(self, batch: Batch) -> Steps:
        yield "discriminator", lambda: self.discriminator_terms(batch)
        if self.is_generator_turn:
            yield "generator", lambda: self.regularized(self.generator_terms(batch))

    @property
    def is_generator_turn(self) -> bool:
        return (self.batches_seen + 1) % self.discriminator_steps == 0

    def discriminator_terms(self, batch: Batch) -> Terms:
        real, labels = self.augment(self.real_images(batch)), batch.labels
        with torch.no_grad():
            z = self.sample_latents(batch)
            fake = self.augment(self.discriminator_fakes(self.generate(z, labels)))
        logits_real, of_real = self.discriminate(real, labels)
        logits_fake, of_fake = self.discriminate(fake, labels, z)
        parts = {"adversarial": per_image(self.adversarial_loss.discriminator(logits_real, logits_fake))}
        parts["penalty"] = self.penalty_now(lambda x: per_image(self.discriminate(x, labels)[0]), real, fake)
        parts |= {f"{name}_real": part for name, part in of_real.items()}
        parts |= {f"{name}_fake": part for name, part in of_fake.items()}
        outputs = {f"{self.output_name}_real": per_image(logits_real)}
        outputs[f"{self.output_name}_fake"] = per_image(logits_fake)
        return {"loss": total(parts), **parts, **outputs}

    def generator_terms(self, batch: Batch) -> Terms:
        logits_real = None
        if self.adversarial_loss.needs_real:
            with torch.no_grad():
                logits_real, _ = self.discriminate(self.augment(self.real_images(batch)), batch.labels)
        z = self.sample_latents(batch)
        fake = self.generate(z, batch.labels)
        logits_fake, parts = self.discriminate(self.augment(fake), batch.labels, z)
        adversarial = per_image(self.adversarial_loss.generator(logits_real, logits_fake))
        parts = {"adversarial": adversarial, **parts, **self.fidelity(batch, fake)}
        return {"loss": total(self.weighted(parts)), **parts}

    def regularized(self, terms: Terms) -> Terms:
        """The generator's terms, with those of its weights, the same for every example."""
        parts = {
            name: term.expand(len(terms["loss"])) for name, term in self.generator_regularizer(self.generator).items()
        }
        return {**terms, "loss": total({"loss": terms["loss"], **parts}), **parts}

    @property
    def penalty_now(self) -> Penalty:
        """That of this round: the discriminator steps once in each, whatever the generator does."""
        return at_step(self.penalty, self.batches_seen)

    # its lines, for a subclass to change

    def sample_latents(self, batch: Batch) -> Tensor:
        """What each fake of a round is made from, the batch first: a code, (B, Z), or an image."""
        raise NotImplementedError

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        """What fakes are made from, and labels (B,) -> (B, C, R, R)."""
        raise NotImplementedError

    def fidelity(self, batch: Batch, fake: Tensor) -> Terms:
        """What the generator minimizes beside the game, of a round's fakes, (B,) each."""
        return {}

    def weighted(self, parts: Terms) -> Terms:
        """The parts of the generator's objective, each times its weight."""
        return parts

    def discriminate(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        """Logits of images as they are shown, and what else both players minimize there; `z` is what fakes were made
        from."""
        return self.discriminator(x), {}

    def real_images(self, batch: Batch) -> Tensor:
        """The real images that play."""
        return batch.images

    def discriminator_fakes(self, fake: Tensor) -> Tensor:
        """The fakes that the discriminator meets in its own step."""
        return fake

    def augment(self, x: Tensor) -> Tensor:
        """What the discriminator sees of images."""
        return self.augmentation(instance_noise(x, self.instance_noise))


def total(parts: Terms) -> Tensor:
    """The sum of the parts of an objective, (B,)."""
    return functools.reduce(torch.add, [part.float() for part in parts.values()])
