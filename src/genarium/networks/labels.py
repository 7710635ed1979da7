"""Labels as inputs of a conditional VAE's encoder and decoder."""

from torch import nn

from genarium.errors import UserError


class LabelImage(nn.Sequential):
    """Label image: an affine map of one-hot or soft labels, (B, classes) -> (B, C, R, R), added to the input."""

    def __init__(self, classes: int, channels: int, resolution: int) -> None:
        if classes < 2:
            raise UserError("the data set has no classes to condition on: choose a data=… with labels, or model=vae")
        image = (channels, resolution, resolution)
        super().__init__(nn.Linear(classes, channels * resolution**2), nn.Unflatten(1, image))


class ConcatLabel(nn.Linear):
    """Affine map of codes concatenated with labels, (B, latent_dim + classes) -> (B, out_dim)."""

    def __init__(self, latent_dim: int, classes: int, out_dim: int) -> None:
        super().__init__(latent_dim + classes, out_dim)
