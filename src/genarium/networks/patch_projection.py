"""Projection of the features of patches."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn.functional import normalize


class PatchProjection(nn.Module):
    """Features of places of a translator's maps, by an MLP of two layers for each size, of length 1 (Park et al.,
    arXiv:2007.15651, sec. 3.2)."""

    def __init__(self, channels: int, width: int, taps: Sequence[int], dim: int) -> None:
        """`channels` and `width` are those of a ResnetTranslator, whose maps are tapped at `taps`: 0 the image, 1 and 2
        after a downsampling, then after each residual block."""
        super().__init__()
        self.taps = list(taps)
        sizes = [{0: channels, 1: 2 * width}.get(tap, 4 * width) for tap in self.taps]
        mlp = lambda size: nn.Sequential(nn.Linear(size, dim), nn.ReLU(), nn.Linear(dim, dim))
        self.networks = nn.ModuleList(mlp(size) for size in sizes)

    def forward(self, maps: Sequence[Tensor], places: Sequence[Tensor]) -> list[Tensor]:
        """Maps (B, c, H, W), and places (P,) of each -> (B, P, F) of each that is tapped."""
        found = []
        for tap, network in zip(self.taps, self.networks, strict=True):
            at_places = maps[tap].flatten(2)[:, :, places[tap]].transpose(1, 2)
            found.append(normalize(network(at_places).float(), dim=2))
        return found
