"""Age-cGAN: a conditional GAN with an encoder, for faces of another age, or images of another class."""

from typing import Any

import torch
from torch import Tensor, nn

from genarium.losses.reconstruction import squared_error
from genarium.models.cgan import ConditionalGAN
from genarium.protocols import Batch
from genarium.training.steps import Steps, Terms


class AgeCGAN(ConditionalGAN):
    """Age-cGAN: a conditional GAN, and an encoder that learns the code of the generator's own images, in pairs of z and
    G(z, y) (Antipov et al., arXiv:1702.01983, sec. 2.2).

    An image of class y is shown as one of class y' by G(z*, y'), where z* = argmin_z |F(x) - F(G(z, y))|^2 starts from
    the encoder's code: `uses/inversion.py`, `genarium edit class=…`. The paper trains the encoder once the GAN is
    trained; here it follows it, so that a run has both at any time.
    """

    def __init__(self, encoder: nn.Module, **gan: Any) -> None:
        """`encoder` (B, C, R, R) -> (B, Z); the rest is ConditionalGAN's."""
        super().__init__(**gan)
        self.encoder = encoder

    def networks(self) -> dict[str, nn.Module]:
        return {**super().networks(), "encoder": self.encoder}

    def steps(self, batch: Batch) -> Steps:
        yield from super().steps(batch)
        yield "encoder", lambda: self.encoder_terms(batch)

    def encoder_terms(self, batch: Batch) -> Terms:
        """|E(G(z, y)) - z|^2 at synthetic pairs."""
        z = self.sample_latents(batch)
        with torch.no_grad():
            fake = self.generate(z, batch.labels)
        return {"loss": squared_error(z, self.encoder(fake))}

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)
