"""Callbacks that act every so many images: when they do, and what early stopping and validation make of it."""

from contextlib import nullcontext
from types import SimpleNamespace as Namespace

import pytest
import torch

from genarium.callbacks.early_stop import EarlyStop
from genarium.callbacks.log_terms import LogTerms
from genarium.callbacks.periodic import PeriodicCallback
from genarium.callbacks.progress import LINES, ProgressBar
from genarium.callbacks.validate import Validate
from genarium.protocols import Batch


class Noted(PeriodicCallback):
    """Notes the images seen whenever it runs."""

    def __init__(self, every: int) -> None:
        super().__init__(every)
        self.ran = []

    def run(self, trainer, module) -> None:
        self.ran.append(module.images_seen)


def played(callback, budget: int, size: int, stop_at: int = 0, values=lambda images: {}) -> list[int]:
    """`callback` through a run of `budget` images in batches of `size`, which logs `values` after each; the images seen
    at each batch."""
    trainer = Namespace(datamodule=Namespace(budget=budget, batch_size=size), should_stop=False, is_global_zero=True)
    trainer.default_root_dir = "runs/default/name"
    module, seen = Namespace(images_seen=0, latest={}), []
    callback.on_train_start(trainer, module)
    while module.images_seen < budget and not trainer.should_stop:
        module.images_seen += size
        seen.append(module.images_seen)
        module.latest.update({name: (module.images_seen, value) for name, value in values(module.images_seen).items()})
        trainer.should_stop = module.images_seen == stop_at
        callback.on_train_batch_end(trainer, module, None, None, 0)
    callback.on_train_end(trainer, module)
    return seen


@pytest.mark.parametrize(
    ("every", "size", "ran"),
    [(30, 10, [30, 60, 90, 100]), (25, 10, [30, 50, 80, 100]), (1000, 10, [100]), (1, 50, [50, 100]), (50, 100, [100])],
)
def test_a_callback_runs_once_past_each_multiple_and_once_at_the_end(every, size, ran):
    noted = Noted(every)
    played(noted, 100, size)
    assert noted.ran == ran


def test_a_run_that_is_stopped_has_its_end_too():
    noted = Noted(1000)
    played(noted, 100, 10, stop_at=40)
    assert noted.ran == [40]


def test_a_period_of_no_image_is_refused():
    with pytest.raises(ValueError, match="at least 1 image"):
        Noted(0)


@pytest.mark.parametrize(("mode", "sign"), [("min", 1), ("max", -1)])
def test_early_stopping_waits_for_its_patience_after_the_best(mode, sign):
    best_at_30 = lambda images: {"val/x": sign * abs(images - 30.0)}
    stop = EarlyStop(every=10, monitor="val/x", mode=mode, patience=20)
    assert played(stop, 1000, 10, values=best_at_30)[-1] == 50
    resumed = EarlyStop(every=10, monitor="val/x", mode=mode, patience=20)
    resumed.load_state_dict(stop.state_dict())
    assert (resumed.best, resumed.best_images) == (0.0, 30)
    other = EarlyStop(every=10, monitor="val/y", mode=mode, patience=20)
    other.load_state_dict(stop.state_dict())
    assert other.best_images == 0  # another number begins anew


def test_early_stopping_that_never_met_its_number_says_so(capsys):
    assert played(EarlyStop(10, "val/x", "min", 20), 100, 10)[-1] == 100
    assert "no early stop: val/x was never logged" in capsys.readouterr().err


def test_terms_and_scheduled_values_are_logged_together():
    logged = []
    module = Namespace(meter=Namespace(means=lambda: {"train/loss": 1.0}), scheduled_values=lambda: {"schedule/a": 2.0})
    module.log_terms = logged.append
    LogTerms(1).run(None, module)
    assert logged == [{"train/loss": 1.0, "schedule/a": 2.0}]


def test_validation_averages_over_held_out_images_and_leaves_out_models_without_an_objective():
    class Scored(torch.nn.Module):
        device, logged = torch.device("cpu"), {}

        def terms(self, batch):
            return {"loss": batch.images.flatten()}

        def evaluating(self, seed):
            return nullcontext()

        schedules_finished = nullcontext

        def log_scalars(self, values):
            self.logged.update(values)

    batches = [Batch(torch.tensor(values), None) for values in ([1.0, 2.0, 3.0], [10.0])]
    data = Namespace(split_indices=lambda split: range(4), validation_batches=lambda *asked: batches)
    model, trainer = Scored(), Namespace(datamodule=data)
    Validate(every=1, count=4, batch_size=3, seed=0).run(trainer, model)
    assert model.logged == {"val/loss": 4.0}
    Validate(every=1, count=4, batch_size=3, seed=0).run(trainer, Namespace())  # no error


def test_progress_in_a_file_is_a_few_lines_with_the_losses(capsys):
    played(ProgressBar(), 1000, 10, values=lambda images: {"train/loss": 0.5, "val/rate": 3.0})
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == LINES and "1,000/1,000 images" in lines[-1] and "loss 0.5" in lines[-1]
    assert "rate" not in lines[-1]
