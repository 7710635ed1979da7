"""Anomaly scores by what a model offers."""

import torch

from genarium.protocols import Discriminates, Reconstructs
from genarium.uses.anomaly import error_maps, offered, scored


class Left:
    """Reconstructs the left half alone."""

    def reconstruct(self, x):
        return x * torch.tensor([1.0, 0.0])


class Critic:
    def __init__(self, output_name):
        self.output_name = output_name

    def logits_of(self, x):
        return x.flatten(1).sum(1)


def test_an_image_scores_the_squared_error_of_what_is_not_reconstructed_at_its_place():
    x = torch.tensor([[[[0.5, 0.0]]], [[[0.5, -1.0]]]])
    scores = offered(Left(), extract=lambda x: x.flatten(1))
    assert isinstance(Left(), Reconstructs) and list(scores) == ["error", "features"]
    assert scored(scores["error"], x).tolist() == [0, 1]
    assert error_maps(x, Left().reconstruct(x)).flatten(1).tolist() == [[0, 0], [0, 1]]


def test_what_a_discriminator_takes_for_real_scores_low_and_so_does_a_low_energy():
    x = torch.tensor([1.0, 2.0]).view(2, 1, 1, 1)
    assert isinstance(Critic("logits"), Discriminates)
    scores = {kind: offered(Critic(kind), extract=torch.flatten)["discriminator"] for kind in ("logits", "energy")}
    assert scores["logits"](x).tolist() == [-1, -2] and scores["energy"](x).tolist() == [1, 2]
