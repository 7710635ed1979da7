"""Maxout networks, and fully connected ones with BatchNorm."""

import torch

from genarium.networks.maxout import (
    BatchNormDecoder,
    BatchNormEncoder,
    JointMaxoutDiscriminator,
    Maxout,
    MaxoutDiscriminator,
)


def test_a_maxout_unit_is_the_largest_of_its_affine_maps():
    layer, x = Maxout(2, 3, pieces=5), torch.randn(7, 2)
    affine = layer.linear(x).reshape(7, 3, 5)
    assert torch.equal(layer(x), affine.max(2).values)
    absolute = Maxout(1, 1, pieces=2)
    with torch.no_grad():
        absolute.linear.weight.copy_(torch.tensor([[1.0], [-1.0]]))
        absolute.linear.bias.zero_()
    assert torch.equal(absolute(torch.tensor([[-3.0], [2.0]])), torch.tensor([[3.0], [2.0]]))


def test_discriminators_have_as_many_weights_as_those_of_pacgans_code():
    """Three hidden layers of 200 units of 5 pieces on 2 numbers: counted as its code prints them."""
    count = lambda network: sum(one.numel() for one in network.parameters())
    expected = (2 + 1) * 1_000 + 2 * (200 + 1) * 1_000 + 200 + 1
    assert count(MaxoutDiscriminator(2, 1, 200, 3, 5)) == expected
    assert count(JointMaxoutDiscriminator(2, 1, 2, 200, 3, 5)) == expected + 2_000


def test_points_go_in_and_out_in_their_shape():
    x, z = torch.randn(4, 2, 1, 1), torch.randn(4, 3)
    assert BatchNormDecoder(2, 1, 8, 4, 3)(z).shape == x.shape
    assert BatchNormEncoder(2, 1, 8, 2, 3)(x).shape == z.shape
    assert JointMaxoutDiscriminator(2, 1, 3, 8, 3, 5)(x, z).shape == (4,)
