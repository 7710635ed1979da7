"""Which of a set's known modes an image shows: a small classifier, trained once, whose own accuracy is stated."""

import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy

from genarium.errors import UserError
from genarium.evaluation import cache
from genarium.evaluation.contracts import ImageData
from genarium.evaluation.image_bytes import to_uint8
from genarium.evaluation.reconstructions import CHUNK, images_of

SIDE, HALVINGS = 32, 3
CPU = torch.device("cpu")
NETWORK = f"{HALVINGS} x (convolution 3x3, batch norm, ReLU, max pool), linear; images averaged down to {SIDE} px"


class ModeClassifier:
    """Classifier of known modes: one shared CNN classifies each channel group, and the mode is the mixed-radix number
    of the predictions (3 x 10 classes for stacked MNIST)."""

    settings: dict[str, object]
    """What the protocol says of it."""
    accuracy: float
    """Share of held-out images whose mode it tells."""

    def __init__(self, modes: tuple[int, ...], channels: int, resolution: int, width: int) -> None:
        if channels % len(modes) or resolution < 2**HALVINGS:
            raise UserError(
                f"{channels} x {resolution} x {resolution} images are too small to tell {len(modes)} digits of a mode "
                "from: choose larger ones, or leave modes out of evaluation.measures"
            )
        self.modes = modes
        self.network = network(channels // len(modes), min(resolution, SIDE), width, max(modes))

    def logits(self, x: Tensor) -> Tensor:
        """Logits of each digit, (B, C, R, R) in [-1, 1] -> (B, D, K)."""
        parts = x.reshape(len(x) * len(self.modes), -1, *x.shape[2:])
        if x.shape[-1] > SIDE:
            parts = adaptive_avg_pool2d(parts, SIDE)
        return self.network(parts.contiguous(memory_format=torch.channels_last)).unflatten(0, (len(x), -1))

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Tensor:
        """Mode of each image, rounded to bytes as real ones are: (B, C, R, R) in [-1, 1] -> (B,) int64, on the CPU."""
        self.network.to(images.device).eval()
        digits = self.logits(to_uint8(images).float() / 127.5 - 1).argmax(2).cpu()
        return torch.from_numpy(np.ravel_multi_index(tuple(digits.T.numpy()), self.modes))


def network(channels: int, side: int, width: int, classes: int) -> nn.Sequential:
    """(B, C, R, R) -> (B, K)."""
    widths = [channels, *(width * 2**halving for halving in range(HALVINGS))]
    layers: list[nn.Module] = []
    for c_in, c_out in pairwise(widths):
        layers += [nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU(), nn.MaxPool2d(2)]
    made = nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1] * (side // 2**HALVINGS) ** 2, classes))
    return made.to(memory_format=torch.channels_last)


def mode_classifier(data: ImageData, heldout: str, settings: Mapping[str, Any]) -> ModeClassifier:
    """The classifier of the modes of `data`, from the cache where it is, else trained on all of its training images and
    tried on all of `heldout`; on the CPU, so that machines agree."""
    train, tried = data.packed.indices("train"), data.packed.indices(heldout)
    with torch.random.fork_rng([]):
        torch.manual_seed(settings["seed"])
        channels, resolution = data.packed.images.shape[1:3]
        made = ModeClassifier(data.modes, channels, resolution, settings["width"])
    made.settings = {"network": NETWORK, "modes": list(data.modes), **settings}
    depends = made.settings | {"tried": heldout, "torch": torch.__version__}
    path = cache.place(data, "classifiers", np.concatenate([train, tried]), depends)
    wanted = {name: tuple(value.shape) for name, value in made.network.state_dict().items()} | {"accuracy": ()}

    def make() -> dict[str, Tensor]:
        print(f"training, once, a classifier of the modes of {data.packed.name}", file=sys.stderr)
        with torch.enable_grad():
            learn(made, data, train, settings)
        right = torch.tensor(accuracy(made, data, tried), dtype=torch.float64)
        return made.network.state_dict() | {"accuracy": right}

    whole = lambda found: {name: value.shape for name, value in found.items()} == wanted
    found = cache.kept(path, whole, make, "training a classifier of the same modes")
    held = {name: torch.from_numpy(np.asarray(value)) for name, value in found.items()}
    made.accuracy = held.pop("accuracy").item()
    made.network.load_state_dict(held)
    return made


def learn(made: ModeClassifier, data: ImageData, rows: np.ndarray, settings: Mapping[str, Any]) -> None:
    """By Adam over one cycle of the learning rate (Smith & Topin, arXiv:1708.07120); a budget of `images` counts those
    that the network reads: of an image with three digits, three."""
    steps = -(-settings["images"] // settings["batch_size"])
    optimizer = torch.optim.Adam(made.network.parameters(), settings["learning_rate"])
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings["learning_rate"], total_steps=steps)
    made.network.train()
    for chosen in batches(rows, settings["batch_size"] // len(made.modes), steps, settings["seed"]):
        batch = data.pictures(chosen, CPU)
        digits = torch.stack(torch.unravel_index(batch.labels, made.modes), 1)
        optimizer.zero_grad()
        cross_entropy(made.logits(batch.images).flatten(0, 1), digits.flatten()).backward()
        optimizer.step()
        cycle.step()


def batches(rows: np.ndarray, size: int, count: int, seed: int) -> Iterator[np.ndarray]:
    """`count` times `size` rows, epoch after epoch in a new order."""
    random = np.random.default_rng(seed)
    order = np.concatenate([random.permutation(rows) for _ in range(-(-size * count // len(rows)))])
    yield from order[: size * count].reshape(count, size)


def accuracy(made: ModeClassifier, data: ImageData, rows: np.ndarray) -> float:
    """Fraction of `rows` whose mode is predicted in every digit."""
    told = [made(images_of(data, rows[start : start + CHUNK], CPU)) for start in range(0, len(rows), CHUNK)]
    return (torch.cat(told).numpy() == np.asarray(data.packed.labels)[rows]).mean().item()
