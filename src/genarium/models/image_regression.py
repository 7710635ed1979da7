"""Translation of images by regression."""

from collections.abc import Mapping

from torch import nn

from genarium.losses.reconstruction import Distance
from genarium.models.translation import Translation, read_by, sources_of
from genarium.protocols import Batch
from genarium.training.module import Module
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.schedules import Schedule
from genarium.training.steps import Steps, Terms
from genarium.transforms.degradation import Degradation


class ImageRegression(Translation, Module):
    """Regression from an image to an image: minimizes a distance to the target, with no game (the row L1 of table 1 of
    Isola et al., arXiv:1611.07004; SRResNet of Ledig et al., arXiv:1609.04802). Term: `distance`."""

    def __init__(
        self,
        generator: nn.Module,
        degradation: Degradation,
        distance: Distance,
        optimizers: Mapping[str, OptimizerSpec],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """`generator` (B, S, R, R) -> (B, C, R, R); `degradation` makes sources where the data have none; `distance`
        (B, …) x (B, …) -> (B,)."""
        super().__init__(optimizers, schedules)
        self.generator, self.degradation, self.distance = generator, degradation, distance
        self.trained_on = read_by(distance)

    @property
    def needs_pairs(self) -> bool:
        return True

    def networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator}

    def steps(self, batch: Batch) -> Steps:
        yield "generator", lambda: self.terms(batch)

    def terms(self, batch: Batch) -> Terms:
        batch = self.paired(batch)
        distance = self.distance(batch.images, self.generator(sources_of(batch)))
        return {"loss": distance, "distance": distance}
