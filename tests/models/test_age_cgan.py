"""Age-cGAN: its encoder is that of the generator's own images, and what it encodes can be shown as another class."""

import torch
from torch import Tensor, nn

from genarium.models.age_cgan import AgeCGAN
from genarium.protocols import Batch
from playing import adam, mlp, parts

OFFSETS = torch.tensor([[0.0, 0.0, -0.5, 0.0], [0.0, 0.0, 0.0, 0.5]])
"""What each class adds, orthogonal to what codes do."""


class Linear(nn.Module):
    """x = [z / 8, 0, 0] + offset of the class."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.125))

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        return (torch.cat([self.scale * z, torch.zeros_like(z)], 1) + OFFSETS[labels]).view(-1, 1, 2, 2)


class Judge(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.network = mlp(4, 1, last=nn.Flatten(0))

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return self.network(x)


def model() -> AgeCGAN:
    """Its encoder is the inverse of its generator."""
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, bias=False))
    nn.init.zeros_(encoder[1].weight)
    encoder[1].weight.data[:, :2] = 8 * torch.eye(2)
    players = {name: adam() for name in ("generator", "discriminator", "encoder")}
    return AgeCGAN(encoder, classes=2, **parts(Linear(), Judge(), 2, optimizers=players))


def test_an_encoder_that_inverts_the_generator_has_no_loss_and_its_step_leaves_the_generator():
    made, labels = model(), torch.tensor([0, 1] * 8)
    batch = Batch(torch.zeros(16, 1, 2, 2), labels)
    assert [player for player, _ in made.steps(batch)] == ["discriminator", "generator", "encoder"]
    loss = made.encoder_terms(batch)["loss"]
    assert torch.allclose(loss, torch.zeros(16), atol=1e-10)
    made.encoder[1].weight.data.mul_(0)  # then the loss is |z|^2, 2 in the mean
    loss = torch.cat([made.encoder_terms(batch)["loss"] for _ in range(200)])
    assert abs(loss.mean() - 2) < 0.2
    loss.mean().backward()
    assert made.generator.scale.grad is None and made.encoder[1].weight.grad is not None


def test_an_image_is_shown_as_another_class_with_all_else_kept():
    made, old, new = model(), torch.zeros(5, dtype=torch.long), torch.ones(5, dtype=torch.long)
    x = made.decode_class(torch.randn(5, 2), old)
    shown = made.decode_class(made.encode(x), new)
    assert torch.allclose(shown - x, (OFFSETS[1] - OFFSETS[0]).view(1, 1, 2, 2).expand(5, -1, -1, -1), atol=1e-6)
