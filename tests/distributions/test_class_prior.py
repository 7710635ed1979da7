"""Classes that a model draws for itself come as often as its training images."""

import pytest
import torch

from genarium.distributions.class_prior import ClassPrior
from genarium.training.build import prepare
from small import configured

DEVICE = torch.device("cpu")


def of(counts: list[int]) -> ClassPrior:
    prior = ClassPrior(len(counts))
    prior.set(counts)
    return prior


def test_classes_are_drawn_as_often_as_they_were_counted_and_one_without_images_never():
    drawn = of([50, 0, 30, 20]).sample(20_000, DEVICE, torch.Generator().manual_seed(0)).bincount(minlength=4) / 20_000
    assert drawn.tolist() == pytest.approx([0.5, 0.0, 0.3, 0.2], abs=0.01) and drawn[1] == 0


def test_the_log_probability_is_that_of_the_frequencies():
    found = of([1, 3, 0]).log_prob(torch.tensor([0, 1, 2]))
    assert torch.allclose(found, torch.tensor([0.25, 0.75, 0.0]).log())


def test_the_same_generator_draws_the_same_classes_and_parts_of_a_few_draw_every_class():
    """Parts of 100 samples must not leave out the last of 102 classes."""
    prior, draws = ClassPrior(102), torch.Generator().manual_seed(1)
    assert torch.equal(*(prior.sample(9, DEVICE, torch.Generator().manual_seed(0)) for _ in range(2)))
    assert torch.cat([prior.sample(100, DEVICE, draws) for _ in range(20)]).unique().tolist() == [*range(102)]


CONDITIONAL = ["cgan", "acgan", "projection_gan", "cvae"]


@pytest.mark.parametrize("model", CONDITIONAL)
def test_every_conditional_model_samples_the_classes_of_an_unbalanced_training_set(model):
    data, made = prepare(configured(model, "total_images=64", "data.imbalance=8"))
    frequency = torch.bincount(torch.from_numpy(data.packed.labels[data.split_indices("train")]), minlength=6).float()
    asked = []
    made.sample_class = lambda labels, generator=None: asked.append(labels)
    made.sample(20_000, torch.Generator().manual_seed(0))
    drawn = torch.bincount(asked[0], minlength=6) / 20_000
    assert frequency.max() > 4 * frequency.min()
    assert torch.allclose(drawn, frequency / frequency.sum(), atol=0.015)
