"""Semi-supervised GAN."""

import torch
from torch import Tensor

from genarium.distributed.world import all_gather_batch
from genarium.losses.information import classification_loss
from genarium.models.feature_matching_gan import FeatureMatchingGAN
from genarium.protocols import Batch
from genarium.training.steps import Terms


class SemiSupervisedGAN(FeatureMatchingGAN):
    """Semi-supervised GAN: a classifier of K classes whose K + 1st is fake: p(real) = S / (S + 1), S the sum of K
    exponentials (Salimans et al., arXiv:1606.03498, sec. 5). The game and the matching of features are of all images.
    Classes are learned where the label is known, that is, not -1; each known label counts as much as an image, however
    few they are. Images that a batch holds once more for their labels are the classifier's alone."""

    takes_few_labels = True

    def __init__(self, **gan) -> None:
        """`discriminator` (B, C, R, R) -> logits of the classes (B, K), with `features`; the rest is GAN's."""
        super().__init__(**gan)

    def discriminator_terms(self, batch: Batch) -> Terms:
        if not batch.again:
            return super().discriminator_terms(batch)
        terms = super().discriminator_terms(of_all_images(batch))
        classes = self.classify(self.augment(batch.images[-batch.again :]))
        error = classification_loss(classes, batch.labels[-batch.again :])
        return terms | {"loss": terms["loss"] + error.mean(), "classification_real": error}

    def generator_terms(self, batch: Batch) -> Terms:
        return super().generator_terms(of_all_images(batch) if batch.again else batch)

    def discriminate(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        classes = self.discriminator(x).float()
        known = all_gather_batch((labels >= 0).float()).mean()
        parts = {"classification": classification_loss(classes, labels) / known.clamp(min=1e-9)} if z is None else {}
        return classes.logsumexp(1), parts

    def classify(self, x: Tensor) -> Tensor:
        """Logits of the classes, (B, C, R, R) -> (B, K)."""
        return self.discriminator(x)


def of_all_images(batch: Batch) -> Batch:
    """The part of `batch` that stands for all images, as if none of its labels were known."""
    images = batch.images[: -batch.again]
    return Batch(images, torch.full_like(batch.labels[: -batch.again], -1))
