"""Colors of images in CIE Lab: error and strength of chroma."""

import torch
from torch import Tensor

from genarium.metrics.checks import check_images
from genarium.metrics.result import Result

TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
"""Linear sRGB to XYZ under D65 (IEC 61966-2-1)."""
KNEE = (6 / 29) ** 3
REACH, BINS = 115, 23
"""Of the histograms of a and of b: from -115 to 115, which no sRGB color exceeds, in bins of 10, one for grays."""


def lab(x: Tensor) -> Tensor:
    """CIE Lab under D65 of sRGB colors in [-1, 1], L from 0 to 100. (B, 3, H, W) -> (B, 3, H, W)

    >>> red = torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1)
    >>> lab(red).flatten().round(decimals=1)
    tensor([53.2000, 80.1000, 67.2000], dtype=torch.float64)
    """
    share = ((x.double() + 1) / 2).clamp(0, 1)
    linear = torch.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    matrix = torch.tensor(TO_XYZ, dtype=torch.float64, device=x.device)
    ratio = torch.einsum("ij,bjhw->bihw", matrix / matrix.sum(1, keepdim=True), linear)
    f = torch.where(ratio > KNEE, ratio.clamp_min(KNEE) ** (1 / 3), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    first, second, third = f.unbind(1)
    return torch.stack([116 * second - 16, 500 * (first - second), 200 * (second - third)], 1)


def color_errors(*, translation: Tensor, target: Tensor) -> Result:
    """Mean distance in the ab plane, and mean chroma over the target's, of images in [-1, 1]. (B, 3, H, W) twice

    >>> red = torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1)
    >>> color_errors(translation=torch.zeros(1, 3, 1, 1), target=red).values["chroma_ratio"] < 1e-5
    True
    """
    check_images(translation=translation, target=target)
    made, true = lab(translation)[:, 1:], lab(target)[:, 1:]
    chroma = [ab.norm(dim=1).mean().item() for ab in (made, true)]
    ratio = chroma[0] / chroma[1] if chroma[1] else float("nan")
    return Result({"ab_error": (made - true).norm(dim=1).mean().item(), "chroma_ratio": ratio})


def color_intersections(*, translation: Tensor, target: Tensor) -> Result:
    """Intersection of the histograms of a, and of b, over the pixels of all images: the sum over bins of the smaller
    share, 1 where both sets have the same colors, in whichever place. (B, 3, H, W) twice, in [-1, 1]

    Isola et al., arXiv:1611.07004, fig. 7, which leaves the width of its bins open.

    >>> red, gray = torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1), torch.zeros(1, 3, 1, 1)
    >>> half = torch.cat([red, gray], 3)
    >>> color_intersections(translation=torch.cat([gray, gray + 0.01], 3), target=half).values  # grays are one bin
    {'a_intersection': 0.5, 'b_intersection': 0.5}
    """
    check_images(translation=translation, target=target)
    shares = []
    for images in (translation, target):
        ab = lab(images)[:, 1:].transpose(0, 1).flatten(1).cpu()
        shares.append([torch.histc(one, BINS, -REACH, REACH) / len(one) for one in ab])
    a, b = (torch.minimum(made, true).sum().item() for made, true in zip(*shares, strict=True))
    return Result({"a_intersection": a, "b_intersection": b})
