"""Numbers of a model that follow a schedule."""

import functools

import torch
from toys import autoencoder

from genarium.training import schedules
from genarium.training.optimizer_spec import OptimizerSpec


def test_validation_scores_the_final_values_and_training_goes_on_where_it_was():
    model = autoencoder(2, schedules={"weight": schedules.cyclical(start=0.0, stop=4.0, period=1000, rise=0.5)})
    model.images_seen = 250
    model.follow(250)
    with model.schedules_finished():
        assert model.regularizer_weight == 4.0
    assert model.regularizer_weight == 2.0


def test_configurations_of_before_whose_schedules_are_not_yet_made_are_read():
    linear = functools.partial(schedules.linear, start=0.0, stop=4.0, over=100)
    player = OptimizerSpec(
        torch.optim.Adam, learning_rate=functools.partial(schedules.cosine, start=1.0, stop=0.5, over=100)
    )
    model = autoencoder(2, optimizers={"autoencoder": player}, schedules={"weight": linear})
    model.follow(50)
    assert model.regularizer_weight == 2.0
    assert model.optimizers["autoencoder"].learning_rate.final == 0.5
