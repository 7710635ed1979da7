"""Numbers of signals, in the units of the recording: of what a model reconstructs, and of what it translates."""

from collections.abc import Callable, Iterator, Mapping

from torch import Tensor

from genarium.errors import UserError
from genarium.evaluation.contracts import SignalData
from genarium.evaluation.number_book import Measure
from genarium.metrics.result import Result
from genarium.metrics.signals import nmse, spectrum_error

ERRORS: Mapping[str, Callable[..., Tensor]] = {"nmse": nmse, "spectrum_error": spectrum_error}


def signal_errors(data: SignalData) -> dict[str, Callable[..., Tensor]]:
    """Errors of each trial, (B, C, 1, L) twice -> (B,), of signals that are standardized."""

    def undone(error: Callable[..., Tensor]) -> Callable[..., Tensor]:
        return lambda *, reconstruction, original: error(
            reconstruction=data.in_units(reconstruction), original=data.in_units(original)
        )

    return {name: undone(error) for name, error in ERRORS.items()}


def mean_of_trials(name: str, values: Tensor | Exception) -> Result:
    """Mean over trials, (N,); constant ones, which have no error, are left out and counted."""
    if isinstance(values, Exception):
        raise values
    known = values[values.isfinite()]
    if not len(known):
        raise UserError("every trial is constant: there is nothing to compare with")
    constant = len(values) - len(known)
    note = f"{constant} of {len(values)} trials are constant and left out of {name}"
    return Result({name: known.double().mean().item()}, (note,) if constant else ())


def of_translations(data: SignalData, made: Tensor, targets: Tensor) -> Iterator[Measure]:
    """Errors of signals that were made of others, beside their true counterparts."""
    for name, error in signal_errors(data).items():
        find = lambda name=name, error=error: mean_of_trials(name, error(reconstruction=made, original=targets))
        yield Measure((name,), find)


def refuse_features() -> None:
    """UserError, of what is measured by features of images."""
    raise UserError(
        "signals have no features of an image network to be compared by: ask for reconstructions, translations, codes,"
        " maps or classification"
    )
