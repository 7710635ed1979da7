"""Reader of known factors: a small regressor from images to factors, trained once, whose own error is stated."""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from genarium.evaluation import cache
from genarium.evaluation.contracts import ImageData
from genarium.evaluation.mode_classifier import CPU, NETWORK, SIDE, batches, network
from genarium.evaluation.reconstructions import CHUNK
from genarium.metrics.result import Result


class FactorReader:
    """Factors of images in their standard deviations over the training set, by a CNN that was trained by squared
    error."""

    def __init__(self, factors: Mapping[str, np.ndarray], train: np.ndarray, channels: int, side: int, width: int):
        """`factors` of all images by name, (N,) each, of which those that vary over `train` are read."""
        self.names = [name for name, values in factors.items() if np.ptp(values[train]) > 0]
        known = np.stack([factors[name].astype(np.float64) for name in self.names], 1)
        mean, scale = known[train].mean(0), known[train].std(0)
        self.known = torch.from_numpy((known - mean) / scale).float()
        self.network = network(channels, side, width, len(self.names))

    def read(self, x: Tensor) -> Tensor:
        """(B, C, R, R) in [-1, 1] -> (B, factors)."""
        small = torch.nn.functional.adaptive_avg_pool2d(x, min(x.shape[-1], SIDE))
        return self.network(small.contiguous(memory_format=torch.channels_last))

    @torch.no_grad()
    def errors(self, images: Tensor, rows: np.ndarray, name: str) -> Result:
        """Mean absolute error of each factor as `name`/FACTOR, and their mean as `name`, of images that are to show the
        factors of `rows`. (n, C, R, R), (n,)"""
        self.network.eval()
        told = torch.cat([self.read(part.cpu()) for part in images.split(CHUNK)])
        errors = (told - self.known[torch.from_numpy(rows)]).abs().mean(0)
        each = {f"{name}/{factor}": error.item() for factor, error in zip(self.names, errors, strict=True)}
        return Result({name: errors.mean().item()} | each)


def factor_reader(data: ImageData, settings: Mapping[str, Any]) -> FactorReader:
    """The reader of the factors of `data`, from the cache where it is, else trained on all of its training images."""
    train = data.packed.indices("train")
    with torch.random.fork_rng([]):
        torch.manual_seed(settings["seed"])
        channels, side = data.packed.images.shape[1:3]
        made = FactorReader(data.packed.factors, train, channels, min(side, SIDE), settings["width"])
    depends = {"network": NETWORK, "factors": made.names, **settings, "torch": torch.__version__}
    path = cache.place(data, "readers", train, depends)
    wanted = {name: tuple(value.shape) for name, value in made.network.state_dict().items()}

    def make() -> dict[str, Tensor]:
        print(f"training, once, a reader of the factors of {data.packed.name}", file=sys.stderr)
        with torch.enable_grad():
            learn(made, data, train, settings)
        return made.network.state_dict()

    whole = lambda found: {name: value.shape for name, value in found.items()} == wanted
    found = cache.kept(path, whole, make, "training a reader of the same factors")
    made.network.load_state_dict({name: torch.from_numpy(np.asarray(value)) for name, value in found.items()})
    return made


def learn(made: FactorReader, data: ImageData, rows: np.ndarray, settings: Mapping[str, Any]) -> None:
    """By Adam over one cycle of the learning rate (Smith & Topin, arXiv:1708.07120), on a budget of `images`."""
    steps = -(-settings["images"] // settings["batch_size"])
    optimizer = torch.optim.Adam(made.network.parameters(), settings["learning_rate"])
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings["learning_rate"], total_steps=steps)
    made.network.train()
    for chosen in batches(rows, settings["batch_size"], steps, settings["seed"]):
        images = torch.from_numpy(data.packed.images[chosen]).to(CPU).float() / 127.5 - 1
        optimizer.zero_grad()
        (made.read(images) - made.known[torch.from_numpy(chosen)]).square().mean().backward()
        optimizer.step()
        cycle.step()
