"""Every study runs: at the smoke budget all of them, in minutes, without data of the network."""

import pytest

from genarium.commands.study import main
from genarium.studies import experiments, results
from small import REPOSITORY

STUDIES = experiments.names(REPOSITORY / "experiments")


@pytest.mark.timeout(900)
def test_every_study_runs_at_its_smoke_budget(here, monkeypatch):
    monkeypatch.setenv("GENARIUM_DATA", str(here / "nothing"))
    main(["--all", "budget=smoke", "workers=1"])
    for name in STUDIES:
        place = here / f"runs/studies/{name}-smoke/report"
        rows = results.read(place)
        assert rows and all(row.status == results.FINISHED and row.values for row in rows), (name, rows)
        assert (place / "figure.png").exists() and "**Verdict:" in (place / "README.md").read_text()
