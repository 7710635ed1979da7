"""Reports: repeated they are the same, and what was edited by hand is found; committed ones are current."""

import contextlib
import csv
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure
from PIL import Image

from genarium.commands.study import main
from genarium.errors import UserError
from genarium.studies import experiments, figure, pictures, report, results, study_file
from genarium.studies.report_text import generated
from genarium.studies.summary import Summary
from small import REPOSITORY
from small_study import STUDY, small_study

COMMITTED = [study for study in experiments.studies(REPOSITORY / "experiments") if results.read(study.folder)]


def texts(study: study_file.Study) -> dict[str, str]:
    return report.texts(Summary(study, results.read(study.folder)), study.budgets["full"], study.folder)


def stale(study: study_file.Study) -> list[str]:
    """Files of a report that its results do not make."""
    wrong = [name for name, text in texts(study).items() if (study.folder / name).read_text(encoding="utf-8") != text]
    drawn = figure.drawn_from(study.folder / report.FIGURE)
    return wrong + ([report.FIGURE] if drawn != figure.results_hash(study.folder) else [])


@pytest.mark.parametrize("study", COMMITTED, ids=lambda study: study.name)
def test_a_committed_report_is_what_its_results_make(study):
    assert not stale(study), "run `genarium study` again; numbers of a report are not edited by hand"
    part = texts(study)[report.README].partition(report.BEGIN)[2].partition(report.END)[0]
    assert part.count("\n") <= 60


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which the small study was run."""
    folder = tmp_path_factory.mktemp("made")
    small_study(folder)
    with contextlib.chdir(folder):
        main(["toy", "workers=1"])
    return folder


@pytest.fixture
def toy(here, made):
    shutil.copytree(made, here, dirs_exist_ok=True)
    return here / "experiments/toy"


def test_a_report_says_claim_verdict_table_published_values_and_cost(toy):
    text = (toy / "README.md").read_text()
    assert text.startswith("# A toy\n") and "**Claim.** The new way is better" in text
    assert "**Verdict: supported.**" in text
    assert "| new better than old on modes_covered by 1 | supported | +4.60 [4.37, 4.83] | 0.008 | 1.00 [" in text
    assert "| new | 7.80 ± 0.20 | 2.3 [1.0, 5.0] | 5 |" in text  # the geometric mean of 1.5^0 … 1.5^4 is 2.25
    assert "| old, modes_covered (ring) | 3 ± 1.5 | 3.20 ± 0.20 | +0.2 | met |" in text
    assert "| new, modes_covered (ring) | 20 | 7.80 ± 0.20 | -12.2 |  |" in text
    assert "**Cost.** 10 runs" in text and "`genarium study toy`" in text
    assert r"new & \num{7.80 \pm 0.20} & \num{2.3} [\num{1.0}, \num{5.0}] \\" in (toy / "table.tex").read_text()
    page = (toy.parent / "README.md").read_text()
    assert "[toy](toy)" in page and "modes_covered +4.60" in page
    assert "**other**: something else" in page and "**toys**" not in page


def test_the_same_command_again_runs_nothing_and_writes_the_same_report(toy, capsys):
    before = {path: path.read_bytes() for path in toy.iterdir() if path.is_file()}
    (toy / "figure.png").unlink()
    main(["toy", "workers=1"])
    assert "toy: 10 jobs, 10 finished before" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in toy.iterdir() if path.is_file()} == before


def test_numbers_edited_by_hand_are_found(toy):
    study = study_file.read(toy)
    assert not stale(study)
    readme, table = toy / "README.md", toy / "table.tex"
    readme.write_text(readme.read_text().replace("+4.60", "+5.60"))
    table.write_text(table.read_text().replace("7.80", "7.90"))
    assert stale(study) == ["README.md", "table.tex"]
    rows = toy / "results.csv"
    main(["toy", "workers=1"])
    rows.write_text(rows.read_text().replace(",7.9,", ",7.95,"))
    assert stale(study) == ["README.md", "table.tex", "figure.png"]


def test_the_authors_words_around_the_generated_part_stay(toy):
    readme = toy / "README.md"
    readme.write_text("# Mine\n\nWhy I asked.\n\n" + readme.read_text().partition("\n\n")[2] + "\nWhat I think.\n")
    before = readme.read_text()
    main(["toy", "workers=1"])
    assert readme.read_text() == before and "Why I asked." in before and "What I think." in before


def test_a_study_that_was_cut_goes_on_to_the_same_results(toy, here):
    """Half of the rows are there, as where the process was killed."""
    whole = list(csv.reader((toy / "results.csv").open()))
    text = (toy / "results.csv").read_text().splitlines(keepends=True)
    (toy / "results.csv").write_text("".join(text[:4]))
    main(["toy", "workers=1"])
    timeless = lambda rows: [[*row[:6], *row[10:]] for row in rows]
    assert timeless(csv.reader((toy / "results.csv").open())) == timeless(whole)


def test_a_run_that_fails_is_a_row_the_others_go_on_and_it_counts_as_the_worst(here, capsys):
    place = small_study(here, loses=True)
    with pytest.raises(UserError, match="1 runs of toy failed, each for the reason above; once mended: genarium study"):
        main(["toy", "workers=1"])
    assert "it fell apart" in capsys.readouterr().err
    text = (place / "README.md").read_text()
    assert "| 4 + 1 failed |" in text and "1 failed and count as the worst" in text
    assert "5, 1 not finite |" in text
    main(["toy", "workers=1"])  # a result, and no error any more
    said = capsys.readouterr().err
    assert "1 runs failed before and count as the worst: retry=true" in said
    with pytest.raises(UserError):
        main(["toy", "retry=true", "workers=1"])


def test_pictures_that_stand_are_not_drawn_again_without_an_arm_whose_runs_are_elsewhere(here):
    """Seed 1 of an arm is run on another machine than seed 0 of the other."""
    study = study_file.read(small_study(here, STUDY + "pictures: {kind: samples}\n"))
    Image.new("RGB", (8, 8), "red").save(here / "red.png")
    run = SimpleNamespace(pictures=lambda: {"samples": {0: here / "red.png"}})
    rows = [results.JobRow("ring", "new", 1, "a", "finished"), results.JobRow("ring", "old", 0, "b", "finished")]
    one, both = {rows[0].place: run}, {row.place: run for row in rows}
    draw = lambda rows, runs, before: pictures.draw(Summary(study, rows), runs, before) is not None
    assert draw(rows, both, before=True) and draw(rows, one, before=False) and not draw(rows, one, before=True)
    assert draw([rows[0], replace(rows[1], status="failed")], one, before=True), "a run that failed has no picture"


@pytest.mark.parametrize(("low", "high"), [(30, 250), (4, 110), (0.02, 0.5), (90, 105), (1e-4, 30)])
def test_a_logarithmic_axis_shows_two_numbers_at_least(low, high):
    drawn = Figure()
    axis = drawn.subplots()
    axis.scatter([0, 1], [low, high])
    figure.few_ticks(axis.yaxis, log=True)
    drawn.canvas.draw()
    bottom, top = axis.get_ylim()
    seen = [one.get_text() for one in axis.yaxis.get_ticklabels(which="both") if bottom <= one.get_position()[1] <= top]
    assert len(list(filter(None, seen))) >= 2


def test_rows_of_an_earlier_configuration_leave_the_results(toy, here, capsys):
    small_study(here, STUDY.replace("data=mixture_ring", "data=mixture_ring, data.sd=0.04"))
    main(["toy", "workers=1"])
    assert "10 rows of earlier configurations leave" in capsys.readouterr().err
    assert len(results.read(toy)) == 10


def test_a_smoke_budget_leaves_the_studys_own_report_alone(toy, here):
    before = (toy / "README.md").read_bytes()
    main(["toy", "budget=smoke", "workers=1"])
    assert (toy / "README.md").read_bytes() == before
    text = (here / "runs/studies/toy-smoke/report/README.md").read_text()
    assert "**Verdict: pilot.** Of budget=smoke: it shows that the study runs" in text and "budget=smoke`" in text


def test_a_damaged_results_file_is_one_sentence(toy):
    (toy / "results.csv").write_text((toy / "results.csv").read_text().replace("ring,old,2,", "ring,old,two,"))
    with pytest.raises(UserError, match="damaged in line"):
        main(["toy", "workers=1"])


def test_studies_are_listed_with_their_verdicts(toy, capsys):
    main(["--list"])
    assert "toy: supported, modes_covered +4.60 [4.37, 4.83], 5 seeds and 20" in capsys.readouterr().out


def test_data_sets_that_are_blocks_are_shown_as_their_mean_and_published_values_compared_with_it(here):
    text = STUDY.replace("ring: []", "a: [], b: [], c: [], d: [], e: [], f: []").replace(
        "= 20]", "= 7 ± 1 across data]"
    )
    study = study_file.read(small_study(here, text.replace("by 1]", "by 1 across data]")))
    values = [
        (data, arm, seed, base + seed)
        for data in study.data
        for arm, base in (("new", 6), ("old", 2))
        for seed in (0, 2)
    ]
    rows = [results.JobRow(*place, "", "finished", values={"modes_covered": v, "loss": 1.0}) for *place, v in values]
    readme = generated(Summary(study, rows), study.budgets["full"], pictures=False)
    assert "| arm | modes_covered ↑ | loss ↓ | n |" in readme and "| new | 7.000 | 1.000 | 6 blocks of 2 |" in readme
    assert "| new, modes_covered (all) | 7 ± 1 | 7.000 | +0 | met |" in readme
    assert "| supported |" in readme  # six pairs: 2 / 2^6 < 0.05
