"""Callback that tells a search what a run logs, and stops the run where the search prunes it."""

from collections.abc import Callable

import torch.distributed as dist
from pytorch_lightning import Callback, Trainer

from genarium.distributed.world import rank_and_world_size
from genarium.training.module import Module


class Pruning(Callback):
    """Pruning of a run that promises little, such as Hyperband's (Li et al., arXiv:1603.06560): the run ends as an
    ordinary run of status `pruned`, with its checkpoint."""

    def __init__(self, report: Callable[[int, dict[str, float]], bool]) -> None:
        """`report` is told (images seen, the numbers logged there), and says whether to stop."""
        self.report, self.told, self.pruned = report, 0, False

    def on_train_batch_end(self, trainer: Trainer, module: Module, *args: object) -> None:
        images = module.images_seen
        logged = {name: value for name, (seen, value) in module.latest.items() if seen == images}
        if not logged or self.told == images:
            return
        self.told = images
        answer = [self.report(images, logged) if trainer.is_global_zero else False]
        if rank_and_world_size()[1] > 1:
            dist.broadcast_object_list(answer)  # all processes must stop at the same step
        if answer[0]:
            self.pruned = trainer.should_stop = True
