"""Discriminators that show what they see."""

from torch import Tensor, nn


class FeatureDiscriminator(nn.Module):
    """(B, C, R, R) -> logits (B,), and the features under the last layer (Larsen et al., arXiv:1512.09300)."""

    def __init__(self, encoder: nn.Sequential) -> None:
        """`encoder` (B, C, R, R) -> (B, 1), whose last layer is the head."""
        super().__init__()
        *body, self.head = encoder
        self.body = nn.Sequential(*body)

    def features(self, x: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, F)."""
        return self.body(x)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x)).flatten(0)
