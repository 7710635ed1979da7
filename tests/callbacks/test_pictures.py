"""What the pictures of a run show."""

from types import SimpleNamespace

import pytest
import torch

from genarium.callbacks.interpolations import InterpolationPictures
from genarium.callbacks.pictures import ReconstructionPictures
from genarium.callbacks.traversals import TraversalPictures
from genarium.plots.grid import beneath, grid


def test_a_traversal_moves_the_latents_that_change_the_image_most(monkeypatch):
    effects = torch.tensor([0.1, 0.0, 3.0, 0.5])
    model = SimpleNamespace(latent_dim=4, decode=lambda z: (z * effects).sum(1)[:, None, None, None])
    origin = lambda trainer, module: (torch.zeros(4), torch.ones(4), torch.arange(4))
    monkeypatch.setattr(TraversalPictures, "origin", staticmethod(origin))
    images, across = TraversalPictures(every=1, latents=2, steps=3, range=2.0).draw(None, model)
    assert across == 3
    assert torch.allclose(images.flatten(), torch.tensor([-6.0, 0.0, 6.0, -1.0, 0.0, 1.0]))


class Copies(torch.nn.Module):
    """Codes are the pixels, and reconstructions are a little darker."""

    device = torch.device("cpu")
    latent_dim = 12

    def encode(self, x):
        return x.flatten(1)

    def decode(self, z):
        return z.unflatten(1, (3, 2, 2))

    def reconstruct(self, x):
        return x - 0.5


def heldout(count: int) -> SimpleNamespace:
    """A trainer whose set holds out `count` images; image i is i / 16 everywhere."""
    images = (torch.arange(count) / 16)[:, None, None, None].expand(-1, 3, 2, 2).contiguous()
    return SimpleNamespace(
        datamodule=SimpleNamespace(examples=lambda most, split: SimpleNamespace(images=images[:most]))
    )


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 8, 9, 11])
def test_every_held_out_image_stands_above_its_reconstruction_however_few_there_are(count):
    images, columns = ReconstructionPictures(every=1, count=32).draw(heldout(count), Copies())
    rows = images[:, 0, 0, 0].reshape(-1, columns)
    assert columns == min(8, count)
    shown = list(zip(rows[::2].flatten(), rows[1::2].flatten(), strict=True))
    assert [above for above, _ in shown[:count]] == [i / 16 for i in range(count)]
    assert all(below == above - 0.5 for above, below in shown[:count])
    assert all(above == below == 1 for above, below in shown[count:])  # white


@pytest.mark.parametrize("count", [1, 2, 3, 5, 40])
def test_as_many_pairs_are_interpolated_as_there_are_and_none_of_one_image(count):
    drawn = InterpolationPictures(every=1, pairs=6, steps=3).draw(heldout(count), Copies())
    if count == 1:
        assert drawn is None
        return
    rows = drawn[0][:, 0, 0, 0].reshape(-1, drawn[1])
    assert drawn[1] == 5 and len(rows) == min(6, count // 2)
    assert all(row[0] == row[1] and row[-1] == row[-2] and row[-1] - row[0] == 1 / 16 for row in rows)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_held_out_image_has_no_deviation_to_traverse(count, monkeypatch):
    monkeypatch.setattr("genarium.callbacks.traversals.Encodes", Copies)
    drawn = TraversalPictures(every=1, latents=2, steps=3, range=1.0).draw(heldout(count), Copies())
    assert (drawn is None) == (count == 1)
    if drawn is not None:
        assert drawn[0].isfinite().all() and len(drawn[0]) == 6


def test_signals_are_curves_whose_heights_are_their_values_and_what_is_made_lies_on_top():
    x = torch.stack([torch.full((1, 1, 50), 1.0), torch.full((1, 1, 50), -1.0)])
    picture = grid(beneath(x, x, columns=2), 2)
    inked = lambda column: [y for y in range(picture.height) if picture.getpixel((column, y))[0] < 100]
    above, below = inked(picture.width // 4), inked(3 * picture.width // 4)
    assert max(above) < picture.height / 4 and min(below) > 3 * picture.height / 4
    red, _, blue = picture.getpixel((picture.width // 4, above[0]))
    assert blue > 2 * red  # the reconstruction's color
