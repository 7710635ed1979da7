"""What is measured while a model trains never ends its training; what it descends on does."""

import math

import pytest
import torch

from genarium.callbacks.checkpoints import Checkpoints
from genarium.callbacks.validate import Validate
from genarium.config.compose import composed
from genarium.errors import UserError
from genarium.training.build import built
from genarium.training.module import Module
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.scalar_log import Diverged
from small import small_run


def test_a_validated_number_that_is_nan_is_recorded_and_training_goes_on(tmp_path, monkeypatch):
    act = Validate.run
    late = lambda module: module.images_seen > 200

    def broken(self, trainer, module):
        act(self, trainer, module)
        if not late(module):
            module.log_scalars({"val/loss": math.nan, "val/psnr": math.inf})

    monkeypatch.setattr(Validate, "run", broken)
    run = small_run("ae", tmp_path / "run", "callbacks.validate.every=96", images=320)
    values = run.series()["val/loss"][1]
    assert run.result()["status"] == "finished" and any(map(math.isnan, values)) and math.isfinite(values[-1])
    assert math.isfinite(run.result()["best"]["value"]) and run.best.exists()


def test_a_term_that_is_nan_ends_training(monkeypatch):
    sent = []
    monkeypatch.setattr(Module, "log_scalars", lambda self, values: sent.append(values))
    module = Module({"ae": OptimizerSpec(torch.optim.Adam)}, {})
    module.log_terms({"train/loss": 1.0})
    with pytest.raises(Diverged, match="train/loss = nan"):
        module.log_terms({"train/loss": math.nan})
    assert len(sent) == 2  # also what ended it


def test_the_best_checkpoint_follows_finite_numbers_alone():
    following = Checkpoints(every=1, monitor="x", mode="max")
    assert not following.improves(math.nan) and not following.improves(math.inf) and following.improves(-3.0)
    following.best = {"value": -3.0, "images": 1}
    assert following.improves(2.0) and not following.improves(math.nan)


@pytest.mark.parametrize("word", ["heldout_split=test", "reference_split=test", "measures=[anomalies]"])
def test_no_checkpoint_is_chosen_by_test_images(word):
    words = ["model=ae", "data=garden", "callbacks=best_by_fd", f"callbacks.evaluate.evaluation.{word}"]
    with pytest.raises(UserError, match="no checkpoint may be chosen by test images"):
        built(composed(words).callbacks.evaluate, "callbacks.evaluate")
