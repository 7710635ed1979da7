"""Controls of a translation: what needs no network. Each is a row beside the model's."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import pad

from genarium.evaluation.fills import filled, harmonic, mean_color, telea
from genarium.evaluation.pairs import Pairs
from genarium.evaluation.ridge import Ridge

LEVELS = 32
"""Of luma, by which chroma is predicted."""


def controls(tried: Pairs, train: Pairs) -> Iterator[tuple[str, Callable[[], Tensor]]]:
    """(name, what makes it of the sources of `tried`), fitted to the pairs `train` where it is fitted."""
    yield "copy", lambda: tried.shown
    yield "ridge", lambda: ridge(tried, train)
    if tried.missing is not None:
        yield "mean_color", lambda: filled(tried, mean_color(tried))
        yield "mean_image", lambda: filled(tried, train.targets.mean(0, keepdim=True).expand_as(tried.targets))
        yield "harmonic", lambda: filled(tried, harmonic(tried))
        yield "telea", lambda: filled(tried, telea(tried))
    elif tried.keeps_luma:
        yield "by_luma", lambda: by_luma(tried, train)
    elif tried.factor > 1:
        for name in ("bilinear", "bicubic", "lanczos"):
            yield name, lambda name=name: resized(tried, Image.Resampling[name.upper()])
    else:
        if tried.is_gray:
            yield "by_luma", lambda: by_luma(tried, train)
        yield "mean_shift", lambda: (tried.shown + (train.targets - train.shown).mean(0)).clamp(-1, 1)
        yield "color_transfer", lambda: color_transfer(tried, train)
        yield "another_target", lambda: tried.targets.roll(1, 0)


def ridge(tried: Pairs, train: Pairs) -> Tensor:
    """Linear regression on pairs; known pixels are kept."""
    step = tried.factor
    model = Ridge(train.sources[:, :, ::step, ::step], train.targets)
    made = model(tried.small).view_as(tried.targets)
    return made if tried.missing is None else filled(tried, made)


def by_luma(tried: Pairs, train: Pairs) -> Tensor:
    """The mean color offset of training pixels of the same luma."""
    level = lambda pairs: ((pairs.shown[:, :1] + 1) / 2 * LEVELS).long().clamp(0, LEVELS - 1)
    found, offset = level(train).flatten(), (train.targets - train.shown).transpose(0, 1).flatten(1)
    count = torch.bincount(found, minlength=LEVELS).clamp_min(1)
    mean = torch.stack([torch.bincount(found, channel, LEVELS) / count for channel in offset])
    return (tried.shown + mean[:, level(tried)[:, 0]].transpose(0, 1)).float().clamp(-1, 1)


def resized(pairs: Pairs, method: Image.Resampling) -> Tensor:
    """Pillow's resampling of the small image; of one that is decimated, whose pixels lie in the corners of blocks and
    not in their middle, as far aside."""
    size, small = pairs.targets.shape[-1], pairs.small.float()
    aside = (1 - 1 / pairs.factor) / 2 if pairs.is_decimated else 0
    box = (aside, aside, small.shape[-1] + aside, small.shape[-2] + aside) if aside else None
    shown = pad(small, (0, 1, 0, 1), mode="replicate") if aside else small
    planes = [Image.fromarray(plane.numpy()) for plane in shown.flatten(0, 1)]
    made = np.stack([np.asarray(plane.resize((size, size), method, box)) for plane in planes])
    return torch.from_numpy(made).view_as(pairs.targets).clamp(-1, 1)


def color_transfer(tried: Pairs, train: Pairs) -> Tensor:
    """Each channel of an image moved to the mean and standard deviation that targets have (Reinhard et al., IEEE CG&A
    21 (2001), in RGB)."""
    place = (2, 3)
    std, mean = torch.std_mean(tried.shown, place, keepdim=True)
    true_std, true_mean = (part.mean(0) for part in torch.std_mean(train.targets, place, keepdim=True))
    return ((tried.shown - mean) / std.clamp_min(1e-4) * true_std + true_mean).clamp(-1, 1)
