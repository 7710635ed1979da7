import torch
from torch import nn

from genarium.training.ema import EMA


def network() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2))


def test_after_one_half_life_the_average_is_half_way():
    net = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(net.weight)
    average = EMA(net, half_life=100)
    nn.init.ones_(net.weight)
    average.update(batch=100, images_seen=10**9)
    assert torch.allclose(average.get_buffer("weight"), torch.tensor([[0.5]]))


def test_the_average_does_not_depend_on_how_images_are_batched():
    results = []
    for steps in (1, 4):
        net = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(net.weight)
        average = EMA(net, half_life=100)
        nn.init.ones_(net.weight)
        for _ in range(steps):
            average.update(batch=64 // steps, images_seen=10**9)
        results.append(average.get_buffer("weight").item())
    assert abs(results[0] - results[1]) < 1e-6


def test_averages_follow_buffers_too_and_copy_counters():
    net = network()
    average = EMA(net, half_life=1.0)
    net.train()(torch.randn(8, 1, 4, 4) + 5)
    average.update(batch=1000, images_seen=10**9)
    assert torch.allclose(average.get_buffer("1/running_mean"), net[1].running_mean, atol=1e-3)
    assert average.get_buffer("1/num_batches_tracked") == 1


def test_swapping_twice_changes_nothing():
    net = network()
    average = EMA(net, half_life=1.0)
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(1)
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    average.swap()
    assert not torch.equal(net[0].weight, before["0.weight"])
    average.swap()
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.state_dict().items())
