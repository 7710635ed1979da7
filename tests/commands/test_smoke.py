"""Every study runs at its smoke budget, in seconds, without data of the network."""

import pytest

from genarium.commands.study import main
from genarium.errors import UserError
from genarium.studies import experiments, results
from small import REPOSITORY
from small_study import small_study

STUDIES = experiments.names(REPOSITORY / "experiments")
PARTS = 4
"""So that several processes share them."""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_study_runs_at_its_smoke_budget(part, here, monkeypatch):
    monkeypatch.setenv("GENARIUM_DATA", str(here / "nothing"))
    some = STUDIES[part::PARTS]
    main([*some, "budget=smoke", "workers=1"])
    for name in some:
        place = here / f"runs/studies/{name}-smoke/report"
        rows = results.read(place)
        assert rows and all(row.status == results.FINISHED and row.values for row in rows), rows
        assert (place / "figure.png").exists() and "**Verdict:" in (place / "README.md").read_text()


def test_all_studies_are_every_one_of_the_folder_and_a_run_that_fails_costs_no_other(here, capsys):
    places = [small_study(here, name=name, loses=name == "second") for name in ("first", "second", "third")]
    with pytest.raises(UserError, match=r"^1 of 3 studies have failed runs: second$"):
        main(["--all", "workers=1"])
    assert "genarium: second: 1 runs of second failed" in capsys.readouterr().err
    assert [len(results.read(place)) for place in places] == [10, 10, 10]
    assert all("**Verdict:" in (place / "README.md").read_text() for place in places)
