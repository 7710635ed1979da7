"""Variational autoencoder."""

from genarium.models.gaussian_vae import GaussianVAE
from genarium.models.log_weights import LogWeights


class VAE(LogWeights, GaussianVAE):
    """Variational autoencoder of images (Kingma & Welling, arXiv:1312.6114): a Gaussian posterior, and importance
    weights for bounds on log p(x). Its objective is `VariationalAutoencoder`'s."""
