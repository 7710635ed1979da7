"""Two processes that share a batch have, together, the gradients and the state of one with all of it: every model."""

import functools
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from torch import Tensor, nn

from genarium.config.conf_groups import choices
from genarium.distributed.batchnorm import WholeBatchNorm
from genarium.distributed.world import rank_and_world_size, single_process
from genarium.networks.minibatch import MinibatchDiscrimination
from genarium.protocols import Batch
from genarium.training.module import Module
from genarium.training.steps import Objective, Terms, take_steps
from small import configured

MODELS = [name for name in choices("model") if name != "dirac_gan"]  # plays with numbers
OWN = {
    "cyclegan": ["model.pool.size=5"],  # so that it is full, and swaps
    "gan_replay": ["model.memory.slots=1"],
    "wgan": ["model.discriminator_steps=1"],
    "wgan_gp": ["model.discriminator_steps=1"],
}
WORLD, IMAGES = 2, 12
CLOCKS = (0, 40_000, 80_000)
"""Images seen at each round: schedules are at the start, in the middle and near the end of a run."""
Tensors = dict[str, Tensor]


class Smooth(nn.Module):
    """In the place of a unit with a kink, over which a rounding in the last bit could push it."""

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.silu(x)


@functools.cache
def resolved(name: str) -> DictConfig:
    config = configured(name, *OWN.get(name, []))
    OmegaConf.resolve(config)
    return config.model


def played(config: DictConfig, rank: int, world: int) -> tuple[Tensors, Tensors]:
    """The gradients of each player in each of several rounds on this process's rows, of which no step is taken, and the
    state that the rounds leave: BatchNorm's statistics, memories."""
    torch.manual_seed(0)
    model: Module = instantiate(config)
    for layer in model.modules():
        if isinstance(layer, nn.ReLU | nn.LeakyReLU):
            layer.__class__ = Smooth
    if world > 1:
        WholeBatchNorm().apply(model)
    draws, found = torch.Generator().manual_seed(1), {}

    def descend(player: str, objective: Objective) -> Terms:
        network = model.networks()[player]
        weights, terms = [weight for weight in network.parameters() if weight.requires_grad], objective()
        slopes = torch.autograd.grad(terms["loss"].mean(), weights, allow_unused=True)
        for i, slope in enumerate(slopes):
            if slope is not None:
                found[f"{number}/{player}/{i}"] = slope
        return terms

    for number, clock in enumerate(CLOCKS):
        model.apply_schedules(clock)
        images = torch.rand(IMAGES, 3, 16, 16, generator=draws) * 2 - 1
        labels = torch.randint(6, (IMAGES,), generator=draws)
        part, again = draw(rank, world, halves=2 if model.takes_few_labels else 1)
        torch.manual_seed(number)
        model.batches_seen = number
        sources = -images.flip(0)[part] if own_sources(config) else None
        take_steps(model.steps(Batch(images[part], labels[part], again, sources)), descend)
        model.load_state_dict(model.state_dict())  # as a resumed run does
    state = {name: tensor for name, tensor in model.state_dict().items() if isinstance(tensor, Tensor)}
    return found, state


def own_sources(config: DictConfig) -> bool:
    """Whether the model's sources are the data's."""
    return "degradation" in config and config.degradation._target_.endswith(".Degradation")


def draw(rank: int, world: int, halves: int) -> tuple[Tensor, int]:
    """This process's rows of each half of a batch, one after the other, and how many of the last ones came once more
    for their labels: those of the second half."""
    rows = torch.arange(IMAGES).unflatten(0, (halves, world, -1))[:, rank]
    return rows.flatten(), rows.shape[1] * (halves - 1)


def share(rank: int, address: str, configs: dict[str, DictConfig], folder: Path) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=address, rank=rank, world_size=WORLD)
    found = {name: played(config, rank, WORLD) for name, config in configs.items()}
    torch.save(found, folder / f"{rank}.pt")
    if rank == 0:  # as the picture of a plane is drawn
        layer, features = MinibatchDiscrimination(2, 4, 3), torch.randn(5, 2)
        with single_process():
            torch.save(layer(features), folder / "alone.pt")
        assert rank_and_world_size() == (0, WORLD)


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> dict[str, list[tuple[Tensors, Tensors]]]:
    """Model -> what each of two processes found."""
    folder = tmp_path_factory.mktemp("gradients")
    configs = {name: resolved(name) for name in MODELS}
    torch.multiprocessing.spawn(share, (f"file://{folder}/meeting", configs, folder), nprocs=WORLD)
    parts = [torch.load(folder / f"{rank}.pt") for rank in range(WORLD)]
    assert torch.load(folder / "alone.pt").shape == (5, 6)  # and did not wait for the other process
    return {name: [part[name] for part in parts] for name in MODELS}


@pytest.mark.parametrize("name", MODELS)
def test_two_processes_have_the_gradients_and_the_state_of_one(name, shared):
    alone, state = played(resolved(name), 0, 1)
    parts = [part for part, _ in shared[name]]
    assert alone and all(part.keys() == alone.keys() for part in parts)
    means = {key: torch.stack([part[key] for part in parts]).mean(0) for key in alone}
    largest = max(slope.norm() for slope in alone.values())
    off = {key: ((means[key] - slope).norm() / (slope.norm() + 1e-2 * largest)).item() for key, slope in alone.items()}
    worst = max(off, key=off.get)
    assert off[worst] < 2e-3, f"{worst} is off by {off[worst]}"
    for _, theirs in shared[name]:
        assert theirs.keys() == state.keys()
        for key, tensor in state.items():
            assert torch.allclose(theirs[key].float(), tensor.float(), rtol=1e-3, atol=1e-5), key
