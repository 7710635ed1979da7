"""Maps of codes in the plane, by t-SNE or principal components."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from genarium.errors import UserError, nearest
from genarium.metrics.checks import DoesNotFit

METHODS = ("tsne", "pca")
LEAST = 4
"""The fewest points that a map is made of."""


def plane(codes: np.ndarray, method: str, perplexity: float, seed: int) -> np.ndarray:
    """Map of codes in the plane, (N, Z) -> (N, 2).

    `tsne`: t-SNE (van der Maaten & Hinton, JMLR 9 (2008)) of codes as they are, started from their principal
    components (Kobak & Berens, Nature Communications 10 (2019)); `pca`: the first two principal components. UserError
    for fewer than LEAST codes, or where they are all alike; DoesNotFit for a perplexity that is not below N.
    """
    if method not in METHODS:
        raise UserError(f"method={method} is not known{nearest(method, METHODS)}")
    check_enough(len(codes))
    if np.ptp(codes, axis=0).max() == 0:
        raise UserError("all codes are alike, so there is no map of them: train a model whose codes depend on images")
    codes = np.pad(codes, ((0, 0), (0, max(0, 2 - codes.shape[1]))))
    if method == "pca":
        return PCA(2, random_state=seed).fit_transform(codes)
    if not 1 <= perplexity < len(codes):
        largest = max(1, (len(codes) - 1) // 3)
        raise DoesNotFit(f"{len(codes)} points have no {perplexity:g} neighbors", "perplexity", largest)
    return TSNE(perplexity=perplexity, init="pca", random_state=seed, n_jobs=1).fit_transform(codes)


def principal_components(pixels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """The first `count` principal components of images, as many as they have. (N, P) -> (N, count)"""
    check_enough(len(pixels))
    return PCA(min(count, *pixels.shape), random_state=seed).fit_transform(pixels)


def check_enough(count: int) -> None:
    if count < LEAST:
        raise UserError(f"a map needs {LEAST} images or more, and here are {count}: choose data with more")
