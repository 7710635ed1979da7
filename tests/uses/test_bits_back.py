"""Bits back: nothing is lost, and an image takes its negative ELBO."""

import math

import pytest
import torch

from genarium.errors import UserError
from genarium.training.build import built
from genarium.uses.bits_back import BitsBack, compress, decompress, levels_of
from genarium.uses.compression import HEADER
from small import configured

LIKELIHOOD = "model/likelihood=discretized_logistic"


def vae(*words: str):
    torch.manual_seed(0)
    model = built(configured("vae_mlp", *words).model, "model")
    model.configure_model()
    return model.eval()


def images(count: int) -> torch.Tensor:
    """Smooth ones, of 8 bits."""
    low = torch.rand(count, 3, 4, 4)
    large = torch.nn.functional.interpolate(low, (16, 16), mode="bilinear").mul(255).round()
    return large / 127.5 - 1


@pytest.fixture(autouse=True)
def no_gradient():
    with torch.no_grad():
        yield


def test_images_come_back_as_they_were_in_their_order():
    model, x = vae(LIKELIHOOD), images(7)
    made = decompress(model, compress(model, x))
    assert torch.equal(levels_of(made, 256), levels_of(x, 256)) and torch.allclose(made, x, atol=1e-6)


def test_further_images_take_their_negative_elbo():
    model, x = vae(LIKELIHOOD), images(60)
    bits = 8 * (len(compress(model, x)) - len(compress(model, x[:10])))
    bound = -model.log_weights(x[10:], 100).mean(0).sum().item() / math.log(2)
    assert bits == pytest.approx(bound, rel=0.01)


def test_black_and_white_images_come_back_too():
    model = vae("model/likelihood=bernoulli", "data.binarize=true")
    x = torch.randint(2, (5, 3, 16, 16)) * 2.0 - 1
    assert torch.equal(decompress(model, compress(model, x)), x)


def test_a_density_a_damaged_file_and_other_weights_are_refused_in_a_sentence():
    with pytest.raises(UserError, match=r"writes no file without loss.*likelihood=discretized_logistic"):
        BitsBack(vae("model/likelihood=calibrated_gaussian"))
    model = vae(LIKELIHOOD)
    file = compress(model, images(2))
    for bad, sentence in (
        (file[:-4] + bytes([file[-4] ^ 1]) + file[-3:], "is damaged"),
        (file[:-1], "or is cut"),
        (file[:4] + bytes(8) + file[12:], "compressed by other weights"),
        (b"GVQ1" + file[4:], "is no file of"),
    ):
        with pytest.raises(UserError, match=sentence):
            decompress(model, bad)
    assert len(file) > HEADER.size
