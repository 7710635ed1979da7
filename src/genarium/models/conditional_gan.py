"""Generative adversarial networks that are told, or tell, what an image shows."""

import torch
from torch import Generator, Tensor

from genarium.distributed import batch_consistent
from genarium.distributed.world import gathered
from genarium.distributions.class_prior import ClassPrior
from genarium.errors import UserError
from genarium.losses.information import class_error, moment_distance
from genarium.models.gan import GAN, total
from genarium.protocols import Batch
from genarium.training.module import Terms


class ConditionalGAN(GAN):
    """Both players are told the label (Mirza & Osindero, arXiv:1411.1784, eq. 2): concatenated with the code and the
    image, projected (Miyato & Koyama, arXiv:1802.05637), as their networks see fit.

    In a round, fakes are made for the labels of the batch; samples are of each class as often as training images are.
    """

    def __init__(self, classes: int, **gan) -> None:
        """`generator` (B, Z), (B,) -> (B, C, R, R), `discriminator` (B, C, R, R), (B,) -> (B,); the rest is GAN's."""
        super().__init__(**gan)
        if classes < 2:
            raise UserError("a conditional GAN needs classes: choose a data=… that has some, or model=gan_dcgan")
        self.class_prior = ClassPrior(classes)

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.generator(z, labels)

    def judge(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        return self.discriminator(x, labels), {}

    def sample_class(self, labels: Tensor, generator: Generator | None = None) -> Tensor:
        """A sample of each label, (B,) -> (B, C, R, R) in [-1, 1]."""
        z = batch_consistent.normal(len(labels), self.latent_dim, device=self.device, generator=generator)
        return self.generate(z, labels.to(self.device)).clamp(-1, 1)

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.sample_class(self.class_prior.sample(count, self.device, generator), generator)

    def decode(self, z: Tensor) -> Tensor:
        """Of the first class: what a code means beside the label."""
        return self.generate(z, z.new_zeros(len(z), dtype=torch.long)).clamp(-1, 1)


class AuxiliaryGAN(ConditionalGAN):
    """The discriminator is not told the label, but tells it, of real and of fake images; the generator wants it told
    (AC-GAN: Odena et al., arXiv:1610.09585, eq. 2 and 3)."""

    def __init__(self, class_weight: float, **gan) -> None:
        """`discriminator` (B, C, R, R) -> logits (B,) and logits of the classes (B, K)."""
        super().__init__(**gan)
        self.class_weight = class_weight

    def judge(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        logits, classes = self.discriminator(x)
        return logits, {"class": self.class_weight * class_error(classes, labels)}

    def classify(self, x: Tensor) -> Tensor:
        """Logits of the classes, (B, C, R, R) -> (B, K)."""
        return self.discriminator(x)[1]


class FeatureMatchingGAN(GAN):
    """The generator matches the mean of the discriminator's features on real images
    (Salimans et al., arXiv:1606.03498, sec. 3.1)."""

    def generator_terms(self, batch: Batch) -> Terms:
        with torch.no_grad():
            real = self.discriminator.features(self.shown(self.reals(batch)))
        fake = self.discriminator.features(self.shown(self.generate(self.draw(batch), batch.labels)))
        parts = {"features": moment_distance(real, fake)}
        return {"loss": total(parts), **parts}


class SemiSupervisedGAN(FeatureMatchingGAN):
    """A classifier of K classes that also tells real from fake: p(real) = S / (S + 1), S the sum of K exponentials
    (Salimans et al., arXiv:1606.03498, sec. 5). The game and the matching of features are of all images. Classes are
    learned where the label is known, that is, not -1; each known label counts as much as an image, however few they
    are. Images that a batch holds once more for their labels are the classifier's alone."""

    takes_few_labels = True

    def __init__(self, **gan) -> None:
        """`discriminator` (B, C, R, R) -> logits of the classes (B, K), with `features`; the rest is GAN's."""
        super().__init__(**gan)

    def discriminator_terms(self, batch: Batch) -> Terms:
        if not batch.again:
            return super().discriminator_terms(batch)
        terms = super().discriminator_terms(of_all_images(batch))
        classes = self.classify(self.shown(batch.images[-batch.again :]))
        error = class_error(classes, batch.labels[-batch.again :])
        return terms | {"loss": terms["loss"] + error.mean(), "class_real": error}

    def generator_terms(self, batch: Batch) -> Terms:
        return super().generator_terms(of_all_images(batch) if batch.again else batch)

    def judge(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        classes = self.discriminator(x).float()
        known = gathered((labels >= 0).float()).mean()
        parts = {"class": class_error(classes, labels) / known.clamp(min=1e-9)} if z is None else {}
        return classes.logsumexp(1), parts

    def classify(self, x: Tensor) -> Tensor:
        """Logits of the classes, (B, C, R, R) -> (B, K)."""
        return self.discriminator(x)


def of_all_images(batch: Batch) -> Batch:
    """The part of `batch` that stands for all images, as if none of its labels were known."""
    images = batch.images[: -batch.again]
    return type(batch)(images, torch.full_like(batch.labels[: -batch.again], -1))
