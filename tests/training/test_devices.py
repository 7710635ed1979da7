"""What a device asks of numbers that are counted on it."""

from types import SimpleNamespace as Namespace

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from genarium.callbacks.checkpoints import names_of_nonfinite
from genarium.callbacks.rate_per_latent import RatePerLatent
from genarium.distributed.batchnorm import FUSED, SHARED, WholeBatchNorm
from genarium.training.meter import Meter
from genarium.training.rng_state import isolated, state


class OnApple(torch.Tensor):
    """As a tensor on Apple's GPU, which has no float64."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        found = super().__torch_function__(func, types, args, kwargs or {})
        if func is torch.Tensor.cpu:
            return found.as_subclass(torch.Tensor)
        if isinstance(found, OnApple) and found.dtype is torch.float64:
            raise TypeError("the MPS framework doesn't support float64")
        return found


def test_the_stub_refuses_float64():
    with pytest.raises(TypeError, match="float64"):
        torch.ones(2).as_subclass(OnApple).double()


def test_terms_are_counted_without_float64_on_the_device():
    meter = Meter()
    for value in (1.0, 2.0):
        meter.add("train", {name: torch.full((4,), value).as_subclass(OnApple) for name in ("loss", "rate")})
    meter.add("train", {"loss": torch.full((8,), 0.0).as_subclass(OnApple)})
    assert meter.means() == {"train/loss": 0.75, "train/rate": 1.5}


def test_rates_are_counted_without_float64_on_the_device(monkeypatch):
    rates = torch.tensor([[1.0, 0.0], [3.0, 0.0]]).as_subclass(OnApple)
    told, model = {}, torch.nn.Module()
    model.evaluating, model.device = lambda seed: isolated(seed), None
    model.rate_per_latent, model.log_scalars = lambda x: rates, told.update
    monkeypatch.setattr("genarium.callbacks.rate_per_latent.Infers", torch.nn.Module)
    monkeypatch.setattr(
        "genarium.callbacks.rate_per_latent.heldout_batches", lambda *asked: [Namespace(images=torch.zeros(2, 1))]
    )
    RatePerLatent(1, 2, 2).run(Namespace(is_global_zero=False), model)
    assert told == {"latents/active_by_kl": 1.0}


def test_the_random_state_of_apples_gpu_is_saved_and_restored(monkeypatch):
    kept = []
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.mps, "get_rng_state", lambda: torch.tensor([7]), raising=False)
    monkeypatch.setattr(torch.mps, "set_rng_state", kept.append, raising=False)
    assert state()["mps"].tolist() == [7]
    with isolated(seed=0):
        torch.rand(3)
    assert [saved.tolist() for saved in kept] == [[7]]


def test_what_is_drawn_apart_leaves_no_trace():
    torch.manual_seed(5)
    expected = torch.rand(4)
    torch.manual_seed(5)
    with isolated(seed=1):
        first = torch.rand(2)
    assert torch.equal(torch.rand(4), expected)
    with isolated(seed=1):
        assert torch.equal(torch.rand(2), first)


class Copies(TorchDispatchMode):
    """Counts copies from one device to another."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        if isinstance(found, torch.Tensor) and isinstance(args[0], torch.Tensor):
            self.count += found.device != args[0].device
        return found


def test_batches_of_an_epoch_are_made_on_the_device_without_a_copy_each(tmp_path):
    from hydra.utils import instantiate

    from genarium.config.compose import composed

    data = instantiate(
        composed(["data=garden", "data.count=64", "data.resolution=16", "data.batch_size=8"]).data.module
    )
    data.budget = 48
    batches = data.train_dataloader()
    shelf, there = batches.shelf, torch.device("meta")
    shelf.device, shelf.images, shelf.labels = there, shelf.images.to(there), shelf.labels.to(there)
    counted = []
    with Copies() as copies:
        for batch in batches:
            assert batch.images.device == batch.labels.device == there
            counted.append(copies.count)
    assert counted == [2] * 6  # the order and the flips of the one epoch


@pytest.mark.parametrize("kinds", [SHARED, FUSED])
def test_fractiond_batchnorm_is_batchnorm_where_there_is_one_process_and_goes_back(kinds):
    x, plug = torch.randn(6, 3, 4, 4), WholeBatchNorm()
    layer, again = nn.BatchNorm2d(3), nn.BatchNorm2d(3)
    plug.replace(layer, kinds)
    assert torch.equal(layer(x), again(x)) and torch.equal(layer.running_var, again.running_var)
    assert type(plug.revert(layer)) is nn.BatchNorm2d
    assert issubclass(FUSED[nn.BatchNorm2d], nn.SyncBatchNorm)  # torch's own


def test_statistics_and_averages_are_looked_at_too_before_a_state_is_saved():
    network = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2))
    assert names_of_nonfinite(network) == []
    network[1].running_var[0] = float("inf")
    assert names_of_nonfinite(network) == ["1.running_var"]
