"""Controls: t-SNE of pixels, and of as many principal components as the code has numbers."""

from genarium.config import compose
from genarium.evaluation.maps import judged, labels_of, pixels_of
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.training.build import built
from genarium.uses.maps import plane, principal_components


def mapped(config, seed: int, components: int = 0) -> dict[str, float]:
    """What an evaluation measures of maps, of the same test images, for a map of pixels or of `components` of them."""
    data = built(config.data.module, "data.module")
    data.setup()
    settings = compose.composed(["run=none"], "evaluate").evaluation.metrics.maps
    rows = evenly_spaced(data.split_indices("test"), settings.images)
    pixels = pixels_of(data, rows)
    codes = principal_components(pixels, components, seed) if components else pixels
    points = plane(codes, settings.method, settings.perplexity, seed)
    return dict(judged(points, pixels, labels_of(data, rows), settings.k).values)


def pixels(config, seed: int) -> dict[str, float]:
    return mapped(config, seed)


def pca(config, seed: int) -> dict[str, float]:
    return mapped(config, seed, config.model.latent_dim)
