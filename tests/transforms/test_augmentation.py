from functools import partial

import pytest
import torch

from genarium.errors import UserError
from genarium.transforms.augmentation import (
    Compose,
    Pack,
    color,
    cutout,
    images_per_input,
    instance_noise,
    none,
    pack,
    translate,
)

X = torch.rand(64, 3, 16, 16) * 2 - 1


def test_packing_puts_neighbors_into_one_images_channels():
    pairs = pack(X, 2)
    assert pairs.shape == (32, 6, 16, 16)
    assert torch.equal(pairs[5, :3], X[10]) and torch.equal(pairs[5, 3:], X[11])
    with pytest.raises(UserError, match=r"64 images cannot be packed by 3: make data\.batch_size a multiple of 3"):
        pack(X, 3)


def test_a_view_says_how_many_images_it_makes_one_of():
    pairs, noisy = Pack(2), partial(instance_noise, scale=0.1)
    augmentations = [none, noisy, pairs, Compose([noisy, pairs, pairs])]
    assert [images_per_input(augmentation) for augmentation in augmentations] == [1, 1, 2, 4]
    assert all(len(X) // len(augmentation(X)) == images_per_input(augmentation) for augmentation in augmentations)


def test_instance_noise_has_its_scale_and_none_at_zero():
    assert instance_noise(X, 0.0) is X
    assert abs((instance_noise(X, 0.3) - X).std().item() - 0.3) < 0.01


def test_a_translation_moves_whole_images_by_whole_pixels_and_each_by_its_own():
    torch.manual_seed(0)
    places = torch.arange(256.0).view(1, 1, 16, 16).repeat(64, 1, 1, 1) + 1
    moved = translate(places, 0.125)
    shifts = set()
    for image in moved[:, 0]:
        y, x = (image > 0).nonzero()[0].tolist()
        source = int(image[y, x]) - 1
        shift = (y - source // 16, x - source % 16)
        window = image[image > 0]
        assert len(window) == (16 - abs(shift[0])) * (16 - abs(shift[1]))
        shifts.add(shift)
    assert {max(abs(a), abs(b)) for a, b in shifts} == {0, 1, 2} and len(shifts) > 10


def test_cutout_clears_a_square_of_half_the_side_or_its_part_inside():
    cleared = (cutout(torch.ones(200, 1, 16, 16), 0.5) == 0).flatten(1).sum(1)
    assert cleared.max() == 64 and cleared.min() >= 16


def test_colors_change_by_image_and_keep_their_expectation():
    torch.manual_seed(0)
    x = X[:1].repeat(4000, 1, 1, 1)
    seen = color(x)
    assert seen.flatten(1).std(0).min() > 0.1
    assert torch.allclose(seen.mean(0), X[0], atol=0.06)


def test_every_view_is_differentiable_and_a_chain_is_one_after_the_other():
    x = X.clone().requires_grad_()
    seen = Compose([color, lambda x: translate(x, 0.125), lambda x: cutout(x, 0.5)])(x)
    seen.sum().backward()
    assert seen.shape == x.shape and x.grad.abs().sum() > 0
    assert torch.equal(Compose([none, none])(X), X)
