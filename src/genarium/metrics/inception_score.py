"""Inception Score of class logits; on another network's logits it is that network's score, under its name."""

import torch
from torch import Tensor
from torch_fidelity.metric_isc import KEY_METRIC_ISC_MEAN, KEY_METRIC_ISC_STD, isc_features_to_metric

from genarium.metrics.checks import DoesNotFit, check_features
from genarium.metrics.result import Result


def inception_score(*, logits: Tensor, splits: int, seed: int) -> Result:
    """exp E_x KL(p(y|x) || p(y)) (Salimans et al., arXiv:1606.03498), between 1 and the number of classes.

    `inception_score` and `inception_score_std` are mean and standard deviation over `splits` parts of the shuffled
    images, by torch-fidelity. logits: (N, K) of generated images, biases included as that network's convention has it.

    >>> logits = 100 * torch.eye(4)  # each image surely of another class
    >>> round(inception_score(logits=logits, splits=1, seed=0)["inception_score"], 4)
    4.0
    """
    check_features(generated=logits, least=1)
    if not 1 <= splits <= len(logits):
        raise DoesNotFit(f"{len(logits):,} images cannot be split into {splits} parts", "splits", len(logits))
    found = isc_features_to_metric(logits.detach().to("cpu", torch.float32), splits, shuffle=True, rng_seed=seed)
    return Result(
        {"inception_score": found[KEY_METRIC_ISC_MEAN], "inception_score_std": found[KEY_METRIC_ISC_STD]},
        _few_per_split(len(logits), splits, logits.shape[1]),
    )


def _few_per_split(count: int, splits: int, classes: int) -> tuple[str, ...]:
    if count // splits >= classes:
        return ()
    return (
        f"{count // splits:,} images per split cannot cover {classes:,} classes: the score is bounded by that number; "
        "use more images or fewer splits.",
    )
