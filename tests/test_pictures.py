"""What the pictures of a run show."""

from types import SimpleNamespace

import torch

from genarium.callbacks.pictures import TraversalPictures


def test_a_traversal_moves_the_latents_that_change_the_image_most(monkeypatch):
    telling = torch.tensor([0.1, 0.0, 3.0, 0.5])
    model = SimpleNamespace(decode=lambda z: (z * telling).sum(1)[:, None, None, None])
    frame = lambda trainer, module: (torch.zeros(4), torch.ones(4), torch.arange(4))
    monkeypatch.setattr(TraversalPictures, "frame", staticmethod(frame))
    images, across = TraversalPictures(every=1, latents=2, steps=3, reach=2.0).draw(None, model)
    assert across == 3
    assert torch.allclose(images.flatten(), torch.tensor([-6.0, 0.0, 6.0, -1.0, 0.0, 1.0]))
