"""Numbers of a model that follow a schedule."""

from genarium.training import schedules
from toys import autoencoder


def test_validation_scores_the_final_values_and_training_goes_on_where_it_was():
    model = autoencoder(
        2, schedules={"regularizer_weight": schedules.cyclical(start=0.0, stop=4.0, period=1000, rise=0.5)}
    )
    model.images_seen = 250
    model.apply_schedules(250)
    with model.schedules_finished():
        assert model.regularizer_weight == 4.0
    assert model.regularizer_weight == 2.0
