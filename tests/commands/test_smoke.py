"""Every study runs at its smoke budget, in seconds, without data of the network."""

import pytest

from genarium.commands.study import main
from genarium.studies import experiments, results
from small import REPOSITORY
from small_study import small_study

STUDIES = experiments.names(REPOSITORY / "experiments")


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_runs_at_its_smoke_budget(name, here, monkeypatch):
    monkeypatch.setenv("GENARIUM_DATA", str(here / "nothing"))
    main([name, "budget=smoke", "workers=1"])
    place = here / f"runs/studies/{name}-smoke/report"
    rows = results.read(place)
    assert rows and all(row.status == results.FINISHED and row.values for row in rows), rows
    assert (place / "figure.png").exists() and "**Verdict:" in (place / "README.md").read_text()


def test_all_studies_are_every_one_of_the_folder(here):
    places = [small_study(here, name=name) for name in ("first", "second")]
    main(["--all", "budget=smoke", "workers=1"])
    assert [len(results.read(here / f"runs/studies/{place.name}-smoke/report")) for place in places] == [4, 4]
