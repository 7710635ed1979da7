"""A sweep's jobs leave nothing behind in their process."""

import gc
import weakref

from genarium.training import fit as room
from small import small_run


def test_a_job_that_is_over_keeps_no_model_no_data_and_no_trainer(tmp_path, monkeypatch):
    held, fit = [], room.fit

    def watched(trainer, config, run, data, model, first) -> None:
        held.extend(map(weakref.ref, (trainer, data, model, model.encoder)))
        fit(trainer, config, run, data, model, first)

    monkeypatch.setattr(room, "fit", watched)
    for job in ("first", "second"):
        small_run("vae", tmp_path / job, images=64)
    gc.collect()
    assert len(held) == 8 and [kept() for kept in held] == [None] * 8
