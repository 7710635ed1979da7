"""Networks of square images are refused for signals, with words that compose."""

import re

import pytest

from genarium.config.compose import checked
from genarium.errors import UserError

ECG = ["data=ecg", "name=run"]


@pytest.mark.parametrize(
    "words",
    [
        ["model=progan"],
        ["model=lapgan"],
        ["model=cogan"],
        ["model=pix2pix"],
        ["model=vq_vae"],
        ["model=ae", "model/encoder=resnet"],
        ["model=ae", "model/decoder=resnet"],
    ],
)
def test_a_network_of_squares_is_refused_for_signals_and_the_remedy_composes(words):
    with pytest.raises(UserError, match=r"data=ecg are signals, and model\.") as error:
        checked([*words, *ECG])
    remedies = re.findall(r"model/\w+=\w+", str(error.value).partition(": ")[2]) or ["model=ae", "model=sr_l1"]
    for remedy in remedies:
        checked([*[word for word in words if "=" not in remedy or word.split("=")[0] != remedy.split("=")[0]], remedy, *ECG])


@pytest.mark.parametrize("model", ["ae", "ae_mlp", "ae_linear", "ae_recurrent", "vae", "dcgan", "wgan_gp", "sr_l1"])
def test_networks_learn_of_the_one_row_from_the_data_alone(model):
    assert "height" in str(checked([f"model={model}", *ECG]).model)
