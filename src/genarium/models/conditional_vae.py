"""Conditional VAEs."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn
from torch.distributions import Independent

from genarium import noise
from genarium.losses.class_prior import ClassPrior
from genarium.models.vae import VAE
from genarium.module import Terms
from genarium.protocols import Batch


class ConditionalVAE(VAE):
    """Maximises the ELBO of log p(x|y) (Sohn et al., NeurIPS 2015, eq. 4) with a classifier q(y|x) beside it (Kingma
    et al., arXiv:1406.5298, eq. 9), which guesses the label where an image comes alone.

    Codes are [z, y], Z latents and a probability for each class; samples are of each class as often as training images.
    Terms besides a VAE's: `label` = -log q(y|x) in nats.
    """

    def __init__(
        self,
        label_image: nn.Module,
        join: nn.Module,
        classifier: nn.Module,
        classes: int,
        label_weight: float,
        **vae: Any,
    ) -> None:
        """`label_image` (B, classes) -> what is added to the encoder's input, `join` [z, y] -> the decoder's input,
        `classifier` (B, C, R, R) -> logits (B, classes); the others are VAE's."""
        super().__init__(**vae)
        self.label_image, self.classifier = label_image, classifier
        self.decoder = nn.Sequential(join, self.decoder)
        self.classes, self.label_weight = classes, label_weight
        self.class_prior = ClassPrior(classes)
        self.latent_dim += classes

    def networks(self) -> dict[str, nn.Module]:
        return {"vae": nn.ModuleList([*super().networks()["vae"], self.label_image, self.classifier])}

    def terms(self, batch: Batch) -> Terms:
        x, y = batch.images, F.one_hot(batch.labels, self.classes).float()
        q = self.posterior_given(x, y)
        z = q.rsample()
        terms = self.objective(x, q, z, self.decoder(torch.cat([z, y], dim=1)))
        label = F.cross_entropy(self.classifier(x).float(), batch.labels, reduction="none")
        return terms | {"loss": terms["loss"] + self.label_weight * label, "label": label}

    def posterior_given(self, x: Tensor, y: Tensor) -> Independent:
        """q(z|x, y) over (B, Z)."""
        return super().posterior(x + self.label_image(y))

    def guess(self, x: Tensor) -> Tensor:
        """q(y|x) over the classes that the training set has, (B, classes)."""
        there = self.class_prior.share > 0
        return self.classifier(x).float().masked_fill(~there, -torch.inf).softmax(1)

    def posterior(self, x: Tensor) -> Independent:
        return self.posterior_given(x, self.guess(x))

    def log_weight(self, x: Tensor) -> Tensor:
        """log p(x, z, y) / q(z, y|x) at one sample of both. -> (B,)."""
        guess = self.guess(x)
        below = guess.cumsum(1)
        chance = noise.uniform(len(x), 1, device=x.device) * below[:, -1:]
        labels = (below <= chance).sum(1).clamp(max=self.classes - 1)
        y = F.one_hot(labels, self.classes).float()
        q = self.posterior_given(x, y)
        z = q.rsample()
        prior = self.prior.log_prob(z, self.posterior) + self.class_prior.log_prob(labels)
        posterior = q.log_prob(z) + guess.gather(1, labels[:, None])[:, 0].log()
        return self.likelihood.log_prob(x, self.decoder(torch.cat([z, y], dim=1))) + prior - posterior

    def encode(self, x: Tensor) -> Tensor:
        guess = self.guess(x)
        return torch.cat([self.posterior_given(x, guess).mean, guess], dim=1)

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.sample_class(self.class_prior.sample(count, self.device, generator), generator)

    def sample_class(self, labels: Tensor, generator: Generator | None = None) -> Tensor:
        z = self.prior.sample(len(labels), self.posterior, self.device, generator)
        return self.decode(torch.cat([z, F.one_hot(labels, self.classes).float()], dim=1))
