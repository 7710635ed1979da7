"""Compression by discrete codes: lossless in the codes, as short as the prior says, and careful with files."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from genarium.errors import UserError
from genarium.networks.code_prior import RecurrentCodePrior
from genarium.uses.compression import HEADER, compress, decode, decompress, encode


def prior(size: int = 16) -> RecurrentCodePrior:
    torch.manual_seed(0)
    made = RecurrentCodePrior(size=size, max_side=8, width=12, layers=1).eval()
    nn.init.normal_(made.out.weight, std=2.0)  # far from uniform
    return made


@pytest.fixture(autouse=True)
def no_gradient():
    with torch.no_grad():
        yield


def test_codes_come_back_and_take_as_many_bits_as_the_prior_says():
    made, codes = prior(), prior().draw(torch.rand(40, 8, 8))
    coded = encode(made, codes)
    nats = F.cross_entropy(made(codes).transpose(1, 2).double(), codes.flatten(1), reduction="sum").item()
    assert torch.equal(decode(made, coded, 40, 8), codes)
    assert nats / math.log(2) - 8 <= 8 * len(coded) <= nats / math.log(2) * 1.002 + 64  # two words


def test_codes_that_the_prior_thinks_impossible_come_back_too():
    made = prior()
    nn.init.zeros_(made.out.weight)
    made.out.bias.copy_(torch.tensor([0.0] + [-200.0] * 15))
    codes = torch.randint(16, (3, 8, 8))
    assert torch.equal(decode(made, encode(made, codes), 3, 8), codes)


class Toy(nn.Module):
    """Codes are the gray levels of 4 x 4 images."""

    def __init__(self):
        super().__init__()
        self.code_prior = prior()

    def codes(self, x):
        return ((x[:, 0] + 1) * 7.5).round().long()

    def decode_codes(self, codes):
        return codes[:, None] / 7.5 - 1


def test_a_file_is_its_header_and_the_coded_words_and_gives_back_the_reconstruction():
    model, x = Toy(), torch.rand(5, 1, 4, 4) * 2 - 1
    file = compress(model, x)
    assert len(file) == HEADER.size + len(encode(model.code_prior, model.codes(x))) and HEADER.size == 22
    assert torch.equal(decompress(model, file), model.decode_codes(model.codes(x)))


def test_a_file_of_other_weights_or_damaged_or_none_is_refused_in_a_sentence():
    model, other = Toy(), Toy()
    other.code_prior.out.bias.add_(0.1)
    file = compress(model, torch.rand(5, 1, 4, 4) * 2 - 1)
    turned = file[: HEADER.size] + bytes([file[HEADER.size] ^ 1]) + file[HEADER.size + 1 :]
    for bad, reader, sentence in (
        (file, other, "compressed by other weights"),
        (turned, model, "is damaged"),
        (file[:-1], model, "or is cut"),
        (b"PNG", model, "is no file of"),
    ):
        with pytest.raises(UserError, match=sentence):
            decompress(reader, bad)
