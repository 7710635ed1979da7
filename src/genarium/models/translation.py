"""What every translator of images does with sources."""

from torch import Tensor, nn

from genarium.errors import UserError
from genarium.losses.reconstruction import Distance
from genarium.protocols import Batch, TrainedOn
from genarium.transforms.degradation import Degradation


class Translation(nn.Module):
    """Translator: has a `generator` from sources to images, and a `degradation` that makes sources."""

    generator: nn.Module
    degradation: Degradation
    trained_on: str = ""
    """The network whose features its objective reads; "" where it reads none."""

    def paired(self, batch: Batch) -> Batch:
        """The batch with its sources: of its data, else its images degraded; UserError where it is to have both."""
        if batch.sources is None:
            return batch._replace(sources=self.degradation(batch.images))
        if not self.degradation.gives_way:
            raise UserError(
                "these data come with sources of their own, and the model makes its own of an image: leave"
                " data/domains=none and choose data=garden, data=flowers or data=folder, or take model=pix2pix"
            )
        return batch

    def translate(self, sources: Tensor) -> Tensor:
        """(B, S, H, W) -> (B, C, H, W) in [-1, 1]."""
        return self.generator(sources).float().clamp(-1, 1)

    def source_settings(self) -> dict[str, object]:
        return self.degradation.settings()

    def source_of(self, x: Tensor, missing: Tensor) -> Tensor:
        """The source that an image of a user is, with `missing` pixels, (B, 1, H, W) bool. (B, C, H, W) -> (B, S, …)"""
        return self.degradation.of_given(x, missing)


def sources_of(batch: Batch) -> Tensor:
    """The sources of a batch that has some, (B, S, R, R)."""
    assert batch.sources is not None
    return batch.sources


def read_by(distance: Distance) -> str:
    """The network whose features a distance reads; "" where it reads none."""
    return distance.trained_on if isinstance(distance, TrainedOn) else ""
