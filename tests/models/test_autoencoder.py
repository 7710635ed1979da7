"""What is special about each autoencoder."""

import math
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from genarium.losses.adversarial import NonSaturating
from genarium.losses.mmd import mmd_to_prior, wae_mmd
from genarium.losses.sparsity import kl_to_activation, l1, l2
from genarium.metrics.psnr import psnr
from genarium.models.adversarial_autoencoder import AdversarialAutoencoder
from genarium.models.vq_vae import VQVAE
from genarium.models.wasserstein_autoencoder import WassersteinAutoencoder
from genarium.networks.code_prior import RecurrentCodePrior
from genarium.networks.heads import Logits
from genarium.networks.mlp import MLP
from genarium.networks.vector_quantizer import Codebook
from genarium.transforms.corruption import gaussian_noise
from toys import PIXELS, SIDE, Images, autoencoder, fit

SCALES = [0.5, 1.0, 2.0]


def as_images(rows: Tensor) -> Tensor:
    return rows.view(-1, 1, SIDE, SIDE)


def principal(x: Tensor, count: int) -> tuple[Tensor, float]:
    """Principal directions of rows, (pixels, count), and the mean squared error of PCA with so many."""
    _, values, directions = torch.linalg.svd(x - x.mean(0), full_matrices=False)
    return directions[:count].T, (values[count:].square().sum() / len(x)).item()


def test_a_trained_linear_autoencoder_spans_the_pca_subspace_and_has_its_error():
    torch.manual_seed(0)
    x = torch.randn(200, PIXELS) @ torch.randn(PIXELS, PIXELS) * 0.2 + 0.5
    model, batch = autoencoder(3), Images(as_images(x))
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=800, line_search_fn="strong_wolfe", tolerance_change=0)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = model.terms(batch)["loss"].mean()
        loss.backward()
        return loss

    angles = lambda: (
        torch.linalg.svdvals(principal(x, 3)[0].T @ torch.linalg.qr(model.decoder[0][0].weight.detach())[0])
        .clamp(max=1)
        .arccos()
    )
    assert angles().max() > 0.3  # an untrained one does not
    optimizer.step(closure)
    assert angles().max() < 0.01
    assert math.isclose(model.terms(batch)["distortion"].mean().item(), principal(x, 3)[1], rel_tol=1e-3)


def on_a_curve(count: int) -> Tensor:
    """Images on a closed curve in the space of pixels, (count, 1, S, S)."""
    angle = 2 * math.pi * torch.rand(count, 1)
    turns = torch.cat([f(k * angle) for k in (1, 2, 3) for f in (torch.sin, torch.cos)], dim=1)
    return as_images(turns @ torch.linalg.qr(torch.randn(PIXELS, 6, generator=torch.Generator().manual_seed(1)))[0].T)


def test_nonlinearity_lowers_the_error_on_curved_data():
    torch.manual_seed(0)
    x = on_a_curve(512)
    model = autoencoder(2, width=64, depth=2)
    fit(lambda: model.terms(Images(x)), model.parameters(), steps=400, lr=3e-3)
    assert model.terms(Images(x))["distortion"].mean() < 0.25 * principal(x.flatten(1), 2)[1]


def test_denoising_beats_the_identity_on_held_out_noise():
    torch.manual_seed(0)
    x, new = on_a_curve(512), on_a_curve(256)
    model = autoencoder(16, width=64, depth=1, corruption=partial(gaussian_noise, scale=0.3))
    plain = autoencoder(16, width=64, depth=1)
    for trained in (model, plain):
        fit(lambda trained=trained: trained.terms(Images(x)), trained.parameters(), steps=400, lr=3e-3)
    noisy = gaussian_noise(new, 0.3)
    quality = lambda images: psnr(reconstruction=images.clamp(-1, 1), original=new.clamp(-1, 1)).mean().item()
    with torch.no_grad():
        identity, denoised, passed = (
            quality(noisy),
            quality(model.reconstruct(noisy)),
            quality(plain.reconstruct(noisy)),
        )
    assert denoised > identity + 2  # dB
    assert denoised > passed + 1


def hoyer(z: Tensor) -> float:
    """Mean over images of the Hoyer index, 0 for even codes and 1 for one unit in use."""
    root = z.shape[1] ** 0.5
    return ((root - z.abs().sum(1) / z.norm(dim=1).clamp(min=1e-9)) / (root - 1)).mean().item()


def trained_sparse(x: Tensor, code: nn.Module, regularizer, weight: float) -> tuple[float, float]:
    """(Hoyer index of the codes, error as a share of the images' variance), with weights held as in the YAML."""
    torch.manual_seed(0)
    model = autoencoder(32, code_activation=code, regularizer=regularizer, regularizer_weight=weight)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2, weight_decay=0.1)
    for _ in range(600):
        optimizer.zero_grad()
        model.terms(Images(x))["loss"].mean().backward()
        optimizer.step()
    with torch.no_grad():
        error = model.terms(Images(x))["distortion"].mean() / x.flatten(1).var(0).sum()
        return hoyer(model.encode(x)), error.item()


@pytest.fixture(scope="module")
def of_few_causes() -> Tensor:
    """Images that are sums of few of 24 patterns, (512, 1, S, S)."""
    torch.manual_seed(0)
    used = (torch.rand(512, 24) < 0.1) * torch.rand(512, 24)
    return as_images(used @ nn.functional.normalize(torch.randn(24, PIXELS), dim=1))


def test_l1_raises_the_hoyer_index_of_linear_codes_at_like_reconstruction_and_l2_does_not(of_few_causes):
    plain, plain_error = trained_sparse(of_few_causes, nn.Identity(), l1, 0.0)
    by_l1, l1_error = trained_sparse(of_few_causes, nn.Identity(), l1, 0.01)
    by_l2, l2_error = trained_sparse(of_few_causes, nn.Identity(), l2, 0.01)
    assert by_l1 > plain + 0.1
    assert by_l2 < plain + 0.03
    assert max(plain_error, l1_error, l2_error) < 0.01


def test_kl_to_a_small_activation_raises_the_hoyer_index_of_sigmoid_codes_at_like_reconstruction(of_few_causes):
    plain, plain_error = trained_sparse(of_few_causes, nn.Sigmoid(), l1, 0.0)
    by_kl, kl_error = trained_sparse(of_few_causes, nn.Sigmoid(), partial(kl_to_activation, target=0.05), 0.01)
    assert by_kl > plain + 0.05
    assert max(plain_error, kl_error) < 0.1


def test_rectified_codes_are_sparsified_by_l2_too_but_far_less_than_by_l1(of_few_causes):
    """Where units cannot be negative, small codes are also ones with more units at rest."""
    plain, plain_error = trained_sparse(of_few_causes, nn.ReLU(), l1, 0.0)
    by_l1, l1_error = trained_sparse(of_few_causes, nn.ReLU(), l1, 0.01)
    by_l2, l2_error = trained_sparse(of_few_causes, nn.ReLU(), l2, 0.01)
    assert plain + 0.03 < by_l2 < plain + 0.4 * (by_l1 - plain)
    assert max(plain_error, l1_error, l2_error) < 0.01


@pytest.mark.parametrize("kind", ["mmd", "adversarial"])
def test_matched_codes_are_nearer_to_the_prior_than_plain_ones_and_still_reconstruct(kind):
    torch.manual_seed(0)
    x = as_images(torch.randn(256, 2) @ orthonormal(2)) + 1
    plain = autoencoder(2, width=32, depth=1)
    if kind == "mmd":
        model = autoencoder(
            2, 32, 1, WassersteinAutoencoder, regularizer=partial(wae_mmd, scales=SCALES), regularizer_weight=10.0
        )
        fit(lambda: model.terms(Images(x)), model.parameters(), steps=300, lr=3e-3)
    else:
        judge = Logits(MLP(2, 32, 2, 1, nn.LeakyReLU))
        parts = {"discriminator": judge, "adversarial_loss": NonSaturating(), "adversarial_weight": 1.0}
        model = autoencoder(2, 32, 1, AdversarialAutoencoder, **parts)
        play(model, x, steps=400)
    fit(lambda: plain.terms(Images(x)), plain.parameters(), steps=300, lr=3e-3)
    with torch.no_grad():
        far = lambda m: torch.stack([mmd_to_prior(m.encode(x), SCALES).mean() for _ in range(20)]).mean()
        assert far(model) < 0.3 * far(plain)
        assert model.terms(Images(x))["distortion"].mean() < 0.2 * x.flatten(1).var(0).sum()


def orthonormal(count: int) -> Tensor:
    return torch.linalg.qr(torch.randn(PIXELS, count))[0].T


def play(model: AdversarialAutoencoder, x: Tensor, steps: int) -> None:
    nets = model.networks()
    rounds = {"autoencoder": lambda: model.terms(Images(x)), "discriminator": lambda: model.discriminator_terms(x)}
    optimizers = {name: torch.optim.Adam(nets[name].parameters(), 3e-3, betas=(0.5, 0.9)) for name in rounds}
    for _ in range(steps):
        for name, terms in rounds.items():
            model.zero_grad()
            terms()["loss"].mean().backward()
            optimizers[name].step()


class Map(nn.Module):
    """An image of one channel as its own map of one-dimensional codes."""

    side = SIDE

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        return self.gain * x


def test_the_vq_prior_learns_which_codes_occur_and_samples_them():
    torch.manual_seed(0)
    x = torch.where(torch.arange(SIDE) % 2 == 0, 1.0, -1.0).expand(64, 1, SIDE, SIDE).clone()
    x[::2] *= -1  # two images: stripes, and stripes shifted by one
    parts = {
        "encoder": Map(), "decoder": Map(), "codebook": Codebook(2, 1, 0.9, 0.1),
        "code_prior": RecurrentCodePrior(2, 8, 16, 1), "commitment": 0.25, "latent_dim": 1,
    }  # fmt: skip
    model = autoencoder(1, kind=VQVAE, **parts)
    terms = [model.terms(Images(x)) for _ in range(30)][-1]
    assert math.isclose(terms["perplexity"][0], 2, rel_tol=1e-5)
    before = model.prior_terms(x)["loss"].mean()
    assert math.isclose(before, PIXELS * math.log(2), rel_tol=0.2)
    fit(lambda: model.prior_terms(x), model.code_prior.parameters(), steps=150)
    after = model.prior_terms(x)["loss"].mean()
    assert math.isclose(after, math.log(2), abs_tol=0.1)  # one bit: which of the two
    with torch.no_grad():
        samples = model.sample(64, torch.Generator().manual_seed(0))
    like = lambda image: (samples - image).abs().flatten(1).amax(1) < 0.1
    assert (like(x[0]) | like(x[1])).float().mean() > 0.9
    assert like(x[0]).any()
    assert like(x[1]).any()
