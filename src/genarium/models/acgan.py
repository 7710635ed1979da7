"""AC-GAN: the discriminator also classifies."""

from torch import Tensor

from genarium.losses.information import classification_loss
from genarium.models.cgan import ConditionalGAN
from genarium.training.steps import Terms


class ACGAN(ConditionalGAN):
    """AC-GAN: the discriminator also classifies real and fake images; both players minimize that cross-entropy
    (Odena et al., arXiv:1610.09585, eq. 2 and 3)."""

    def __init__(self, class_weight: float, **gan) -> None:
        """`discriminator` (B, C, R, R) -> logits (B,) and logits of the classes (B, K)."""
        super().__init__(**gan)
        self.class_weight = class_weight

    def discriminate(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        logits, classes = self.discriminator(x)
        return logits, {"classification": self.class_weight * classification_loss(classes, labels)}

    def classify(self, x: Tensor) -> Tensor:
        """Logits of the classes, (B, C, R, R) -> (B, K)."""
        return self.discriminator(x)[1]
