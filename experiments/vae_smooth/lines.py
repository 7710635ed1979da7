"""Images on straight lines between the codes of held-out images."""

import torch
from torch import Tensor

from genarium.config import compose
from genarium.evaluation.extractors import TorchFidelityExtractor
from genarium.evaluation.features import of_generated, of_real
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.metrics.memorization import memorization
from genarium.training.build import built
from genarium.training.checkpoint import restore

PAIRS, STEPS, REAL = 500, 20, 2_000


def opened(run):
    data = built(compose.load(run.config).data.module, "data.module")
    data.setup()
    return data


def line(run, weights: Tensor) -> Tensor:
    """Decoded images at `weights` (S,), 0 to 1, of the way from one held-out image's code to another's: (S, P, C, R, R)
    for at most `PAIRS` pairs P, each image in one pair."""
    model, data = restore(run), opened(run)
    rows = evenly_spaced(data.split_indices("val"), 2 * PAIRS)
    images = data.pictures(rows[: len(rows) // 2 * 2]).images
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    with model.evaluating(0), torch.no_grad():
        start, stop = model.encode(images[order]).chunk(2)
        return torch.stack([model.decode(torch.lerp(start, stop, weight)) for weight in weights])


def distances(images: Tensor, others: Tensor) -> Tensor:
    """Euclidean distances of pixels, (..., P, C, R, R) -> (..., P)."""
    return (images - others).flatten(-3).norm(dim=-1)


def change_at_a_tenth(run) -> float:
    """How far a tenth of the way between two codes moves the image, over what the whole way does; mean over pairs."""
    start, tenth, stop = line(run, torch.tensor([0.0, 0.1, 1.0]))
    return (distances(start, tenth) / distances(start, stop)).mean().item()


def path_length(run) -> float:
    """Length of the decoded path in small steps over the distance of its ends; mean over pairs."""
    path = line(run, torch.linspace(0, 1, STEPS + 1))
    return (distances(path[1:], path[:-1]).sum(0) / distances(path[0], path[-1])).mean().item()


def distance_to_data(run, weight: float) -> float:
    """Median distance of images at `weight` of the way to the nearest training image, over that of held-out images, by
    features of EfficientNet-Lite0: 1 where they are as near to the data as new images are (`nn_distance_ratio`)."""
    data, extractor = opened(run), TorchFidelityExtractor("efficientnet-lite0")
    real = lambda split, count: of_real(data, evenly_spaced(data.split_indices(split), count), extractor).features
    features = of_generated(line(run, torch.tensor([weight]))[0].split(100), extractor).features
    found = memorization(generated=features, train=real("train", REAL), heldout=real("val", PAIRS))
    return found["nn_distance_ratio"]


def end_distance(run) -> float:
    """Of reconstructions."""
    return distance_to_data(run, 0.0)


def midpoint_distance(run) -> float:
    return distance_to_data(run, 0.5)
