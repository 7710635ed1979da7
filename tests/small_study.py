"""A study of programs that train nothing, in a folder of its own: what the tests of studies share."""

from pathlib import Path

STUDY = """
title: A toy
claim: The new way is better than the old one.
answers: [toys]
source: Nobody, 2026, table 1
base: [model=gan, data=mixture_ring, trainer=cpu, logger=none]
arms:
  new: {program: "ways.py:new"}
  old: {program: "ways.py:old"}
data: {ring: []}
seeds: 5
measures:
  modes_covered: {}
  loss: {result: seconds, better: lower, scale: log}
expectations: [arms.new better than arms.old on modes_covered by 1]
published: [old.modes_covered = 3 ± 1.5, new.modes_covered = 20]
budgets: {full: [], smoke: {seeds: 2}}
"""
WAYS = """
from genarium.errors import UserError

def new(config, seed):
    return {"modes_covered": 8 - seed / 10, "loss": 1.5 ** seed}

def old(config, seed):
    if (config.seed, seed) == (3, 3) and LOSES:
        raise UserError("it fell apart")
    return {"modes_covered": 3 + seed / 10, "loss": 2 * 1.5 ** seed}
"""


def small_study(folder: Path, study: str = STUDY, loses: bool = False, name: str = "toy") -> Path:
    """experiments/NAME in `folder`, with a claims.yaml."""
    place = folder / "experiments" / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "study.yaml").write_text(study, encoding="utf-8")
    (place / "ways.py").write_text(f"LOSES = {loses}\n{WAYS}", encoding="utf-8")
    (place.parent / "claims.yaml").write_text("toys: toys can be studied\nother: something else\n", encoding="utf-8")
    return place
