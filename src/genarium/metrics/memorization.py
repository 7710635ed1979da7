"""Memorization: nearest training images of generated ones, against those of held-out ones."""

import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.checks import check_features
from genarium.metrics.neighbors import nearest, nearest_other
from genarium.metrics.result import Result


def memorization(*, generated: Tensor, train: Tensor, heldout: Tensor) -> Result:
    """Nearest training image of (N, F) generated and (H, F) held-out images among all (T, F) training images: a copy of
    one that is not searched would look new.

    `nn_distance_ratio`: median distance of generated images over that of held-out ones: 1 for new images, below 1 for
    nearer ones, 0 for copies. `ct_probability`: probability that a generated image is nearer to its training image than
    a held-out one to its own (Mann-Whitney's U over N H, as in Meehan et al., arXiv:2004.05675, eq. 1): 1/2 for new
    images, 1 for copies, below 1/2 for images far from all data. `authenticity`: share of generated images that are
    farther from their nearest training image than that image is from its own nearest fellow (Alaa et al.,
    arXiv:2102.08921, sec. 3.3).

    >>> generated, train, heldout = torch.tensor([[[1.0], [11.0]], [[0.0], [10.0]], [[2.0], [12.0]]])
    >>> memorization(generated=generated, train=train, heldout=heldout).values  # nearest at 1, 2; fellows at 10
    {'nn_distance_ratio': 0.5, 'ct_probability': 1.0, 'authenticity': 0.0}
    """
    check_features(least=1, generated=generated, train=train, heldout=heldout)
    check_features(train=train)  # of which each has a fellow
    of_generated, index = nearest(queries=generated, references=train)
    of_held_out, _ = nearest(queries=heldout, references=train)
    fellows, place = index.unique(return_inverse=True)
    authentic = of_generated > nearest_other(fellows, train)[place]
    shares = {
        "ct_probability": _share_below(of_generated, of_held_out),
        "authenticity": authentic.double().mean().item(),
    }
    if not (scale := of_held_out.median().item()):
        why = UserError(
            "the median held-out image is at distance 0 of a training image: there is no scale to compare by"
        )
        return Result(shares, _repeated(of_held_out), {"nn_distance_ratio": why})
    return Result({"nn_distance_ratio": of_generated.median().item() / scale} | shares, _repeated(of_held_out))


def _share_below(a: Tensor, b: Tensor) -> float:
    """P(a < b) + P(a = b) / 2 over all pairs, (N,), (M,) -> a number."""
    b = b.sort().values
    above = len(b) - torch.searchsorted(b, a, right=True)
    equal = torch.searchsorted(b, a, right=True) - torch.searchsorted(b, a, right=False)
    return ((above + equal / 2).double().mean() / len(b)).item()


def _repeated(of_held_out: Tensor) -> tuple[str, ...]:
    count = (of_held_out == 0).sum().item()
    if not count:
        return ()
    return (f"{count:,} of {len(of_held_out):,} held-out images are also among the training images; mend the split.",)
