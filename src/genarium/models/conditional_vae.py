"""Conditional VAE."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn
from torch.distributions import Independent, Normal

from genarium.distributed import batch_consistent
from genarium.distributions.class_prior import ClassPrior
from genarium.models.log_weights import Draws
from genarium.models.vae import VAE
from genarium.protocols import Batch
from genarium.training.steps import Terms


class ConditionalVAE(VAE):
    """Conditional VAE: maximizes the ELBO of log p(x|y) (Sohn et al., NeurIPS 2015, eq. 4) with a classifier q(y|x)
    beside it (Kingma et al., arXiv:1406.5298, eq. 9), which guesses the label where an image comes alone.

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
        return {"vae": nn.ModuleList([*super().networks()["vae"].children(), self.label_image, self.classifier])}

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

    def draws(self, x: Tensor) -> Draws:
        """Codes [z, y] of q(z|x, y) q(y|x), each image encoded once with each label that is drawn for it."""
        guess, given = self.guess(x), Given(self.posterior_given, x, self.classes)
        below = guess.cumsum(1)

        def draw(count: int) -> tuple[Tensor, Tensor]:
            drawn = lambda make, *shape: batch_consistent.draw(lambda whole: make(whole, device=x.device), shape, dim=1)
            chance = drawn(torch.rand, count, len(x)) * below[:, -1]
            labels = (below <= chance[..., None]).sum(2).clamp(max=self.classes - 1)
            mean, scale = given(labels)
            z = mean + scale * drawn(torch.randn, *mean.shape)
            log_q = Normal(mean, scale, validate_args=False).log_prob(z).sum(2)
            log_guess = guess.log().expand(count, -1, -1).gather(2, labels[..., None])[..., 0]
            return torch.cat([z, F.one_hot(labels, self.classes).float()], dim=2), log_q + log_guess

        return draw

    def log_prior(self, z: Tensor) -> Tensor:
        z, y = z.split([z.shape[-1] - self.classes, self.classes], dim=-1)
        return super().log_prior(z) + self.class_prior.log_prob(y.argmax(-1))

    def encode(self, x: Tensor) -> Tensor:
        guess = self.guess(x)
        return torch.cat([self.posterior_given(x, guess).mean, guess], dim=1)

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.sample_class(self.class_prior.sample(count, self.device, generator), generator)

    def sample_class(self, labels: Tensor, generator: Generator | None = None) -> Tensor:
        z = self.prior.sample(len(labels), self.posterior, self.device, generator)
        return self.decode(torch.cat([z, F.one_hot(labels, self.classes).float()], dim=1))

    def decode_class(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.decode(torch.cat([z[:, : -self.classes], F.one_hot(labels, self.classes).float()], dim=1))


class Given:
    """Posteriors q(z|x, y) of images, (B, C, R, R), inferred when a label is first used, then kept."""

    def __init__(self, infer: Callable[[Tensor, Tensor], Independent], x: Tensor, classes: int) -> None:
        self.infer, self.x, self.known = infer, x, x.new_zeros(len(x), classes, dtype=torch.bool)
        self.parameters: Tensor | None = None  # (B, classes, 2, Z)

    def __call__(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and scale for labels of every image, (K, B) -> (K, B, Z) each."""
        rows = torch.arange(len(self.x), device=labels.device).expand_as(labels)
        wanted = torch.zeros_like(self.known)
        wanted[rows, labels] = True
        image, label = (wanted & ~self.known).nonzero(as_tuple=True)
        if len(image):
            q = self.infer(self.x[image], F.one_hot(label, self.known.shape[1]).float())
            found = torch.stack([q.mean, q.stddev], dim=1)
            if self.parameters is None:
                self.parameters = found.new_zeros(*self.known.shape, *found.shape[1:])
            self.parameters = self.parameters.index_put((image, label), found)
            self.known = self.known | wanted
        assert self.parameters is not None
        mean, scale = self.parameters[rows, labels].unbind(2)
        return mean, scale
