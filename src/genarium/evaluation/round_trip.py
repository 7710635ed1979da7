"""Round trips of translators that also go back: what comes back, and whether it was hidden on the way."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from genarium.evaluation.number_book import Measure
from genarium.evaluation.protocol import Subject
from genarium.evaluation.reconstructions import CHUNK
from genarium.metrics.result import Result
from genarium.metrics.translation import mean_absolute
from genarium.protocols import TranslatesBack

ROUND_TRIP = ("cycle_error", "cycle_error_with_noise", "cycle_error_of_bytes")


def of_round_trip(subject: Subject, sources: Tensor, made: Tensor, noise: float) -> Iterator[Measure]:
    """Error of the way there and back, as it is, with noise on the translation, and with it rounded to bytes: a source
    that is hidden in the translation comes back in the first alone."""
    if not isinstance(model := subject.model, TranslatesBack):
        return

    def error(change: Callable[[Tensor], Tensor]) -> float:
        torch.manual_seed(subject.seed)
        back = [model.translate_back(change(part).to(subject.device)).cpu() for part in made.split(CHUNK)]
        return mean_absolute(torch.cat(back), sources)

    def find() -> Result:
        return Result(
            {
                "cycle_error": error(lambda x: x),
                "cycle_error_with_noise": error(noisy),
                "cycle_error_of_bytes": error(rounded),
            }
        )

    noisy = lambda x: (x + noise * torch.randn_like(x)).clamp(-1, 1)
    rounded = lambda x: ((x + 1) * 127.5).round() / 127.5 - 1
    yield Measure(ROUND_TRIP, find, {"noise": noise})
