"""Classifiers of images, on encoders that another model may have trained without labels."""

from collections.abc import Mapping

from torch import Tensor, nn

from genarium.errors import UserError
from genarium.losses.information import classification_loss
from genarium.protocols import Batch
from genarium.training.module import Module
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.schedules import Schedule
from genarium.training.steps import Steps, Terms


class ImageClassifier(Module):
    """Classifier: an encoder and a linear layer on its code, trained by cross-entropy; started from a pretrained
    encoder it is fine-tuned (Hinton & Salakhutdinov, Science 313 (2006)). Where few labels are known, images without
    one are not learned from. Terms: `cross_entropy` in nats, `accuracy`, 1 where the most probable class is true."""

    takes_few_labels = True

    def __init__(
        self,
        encoder: nn.Module,
        latent_dim: int,
        classes: int,
        optimizers: Mapping[str, OptimizerSpec],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """`encoder` (B, C, R, R) -> (B, Z), Z = `latent_dim`; UserError for fewer than two classes."""
        super().__init__(optimizers, schedules)
        if classes < 2:
            raise UserError("a classifier needs two classes or more, and the data have none: choose data with classes")
        self.encoder, self.head = encoder, nn.Linear(latent_dim, classes)

    def networks(self) -> dict[str, nn.Module]:
        return {"classifier": nn.ModuleList([self.encoder, self.head])}

    def steps(self, batch: Batch) -> Steps:
        yield "classifier", lambda: self.terms(batch)

    def terms(self, batch: Batch) -> Terms:
        images, labels = batch.images[-batch.again :], batch.labels[-batch.again :]  # all, where none is drawn again
        logits = self.classify(images)
        loss = classification_loss(logits, labels)
        return {"loss": loss, "cross_entropy": loss, "accuracy": (logits.argmax(1) == labels).float()}

    def classify(self, x: Tensor) -> Tensor:
        """Logits of the classes, (B, C, R, R) -> (B, K)."""
        return self.head(self.encoder(x))

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)


class LinearProbe(ImageClassifier):
    """Linear probe (Alain & Bengio, arXiv:1610.01644): the encoder stays as it was, its normalization too."""

    def __init__(self, **classifier) -> None:
        super().__init__(**classifier)
        self.encoder.requires_grad_(False)

    def networks(self) -> dict[str, nn.Module]:
        return {"classifier": self.head}

    def train(self, mode: bool = True) -> "LinearProbe":
        super().train(mode)
        self.encoder.eval()
        return self
