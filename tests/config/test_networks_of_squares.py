"""Networks of square images are refused for signals, with words that compose."""

import re

import pytest

from genarium.config.compose import checked
from genarium.errors import UserError

ECG = ["data=ecg", "name=run"]


@pytest.mark.parametrize("words", [["model=progan"], ["model=vq_vae"], ["model=ae", "model/decoder=resnet"]])
def test_a_network_of_squares_is_refused_for_signals(words):
    with pytest.raises(UserError, match=r"data=ecg are signals, and model\.\w+ of model=\w+ is a network of square"):
        checked([*words, *ECG])


def test_models_that_are_named_instead_learn_of_the_one_row_from_the_data_alone():
    with pytest.raises(UserError) as error:
        checked(["model=lapgan", *ECG])
    named = re.search(r"choose model=(.*), with", str(error.value))[1]
    for model in re.split(r", | or ", named):
        assert "height" in str(checked([f"model={model}", *ECG]).model)
