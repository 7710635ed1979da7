"""A study that trains: its runs are measured, one arm costs no other, and whoever kills it loses nothing."""

import signal

import pytest

from genarium.commands.study import main
from genarium.commands.study_plan import Plan, check
from genarium.errors import UserError
from genarium.runs.run import find_runs
from genarium.studies import results, study_file
from small import start, wait_for
from small_study import small_study

STUDY = """
title: Rings
claim: A rate of 1e-3 covers more modes than one of 1e-9.
source: Nobody
base: [model=gan, data=mixture_ring, trainer=cpu, trainer.precision=32-true, logger=none, callbacks=infrequent,
  model.generator.decoder.width=8, model.discriminator.encoder.width=8]
evaluation: [evaluation=modes, evaluation.num_samples=500]
arms:
  fast: [model.optimizers.generator.optimizer.lr=1e-3]
  slow: [model.optimizers.generator.optimizer.lr=1e-9]
data: {ring: []}
seeds: 2
measures:
  modes_covered: {}
  least_loss: {series: train/discriminator/loss, take: min, better: lower}
  missing: {series: train/discriminatr/loss, better: lower}
  time: {result: seconds, better: lower}
expectations: [arms.fast > arms.slow on modes_covered]
budgets: {full: [total_images=512], smoke: {words: [total_images=256], seeds: 1}}
"""


def values(folder) -> list[list[object]]:
    return [[*row.place, row.job, row.status, row.values.get("modes_covered")] for row in results.read(folder)]


def test_runs_are_measured_and_an_arm_that_fails_at_once_costs_no_other(here, capsys):
    odd = "  lost: [model/augmentation=pack, model/discriminator=mlp_packed, data.batch_size=3]\ndata:"
    place = small_study(here, STUDY.replace("data:", odd, 1))
    with pytest.raises(UserError, match="2 runs of toy failed"):
        main(["toy", "workers=1"])
    rows = results.read(place)
    assert [row.status for row in rows].count("finished") == 4
    assert {row.arm for row in rows if row.status == "failed"} == {"lost"}
    assert all(row.error and "\n" not in row.error for row in rows if row.status == "failed")
    done = next(row for row in rows if row.status == "finished")
    assert done.values.keys() == {"modes_covered", "least_loss", "time"} and 0 <= done.values["modes_covered"] <= 8
    terms = results.protocols(place)[done.protocol]["modes_covered"]
    assert terms["number"] == "modes_covered/500" and terms["generated"] == 500
    text = (place / "README.md").read_text()
    assert "2 failed and count as the worst" in text and "0 + 2 failed" in text and "| pilot |" in text
    assert "* lost: 2 runs failed: 3 images cannot be packed by 2" in text
    assert (
        "* fast: 2 runs measured in part: missing: the run logs no series train/discriminatr/loss; did you mean" in text
    )
    assert "generated 500" in (place / "protocols.md").read_text()


def test_a_row_with_its_hash_is_finished_on_a_machine_that_lacks_its_run(here, tmp_path_factory, monkeypatch, capsys):
    study = STUDY.replace("  lost: [model=pacgan, model.generator.encoder.width=8]\n", "")
    place = small_study(here, study)
    main(["toy", "workers=1"])
    before = values(place)
    other = tmp_path_factory.mktemp("other")
    monkeypatch.chdir(other)
    copy = small_study(other, STUDY)
    for name in ("results.csv", "protocols.json", "README.md"):
        (copy / name).write_bytes((place / name).read_bytes())
    main(["toy"])
    assert "4 finished before" in capsys.readouterr().err
    assert values(copy) == before and not (other / "runs").exists()
    assert (copy / "README.md").read_bytes() == (place / "README.md").read_bytes()


def test_a_study_that_is_killed_and_repeated_has_the_results_of_one_that_was_not(here, tmp_path_factory):
    study = STUDY.replace("  lost: [model=pacgan, model.generator.encoder.width=8]\n", "").replace("512", "5_120")
    place = small_study(here, study)
    process = start("study", "toy", "workers=1", cwd=here)
    wait_for(lambda: len(list(here.glob("runs/studies/toy/*/result.json"))) == 2, process)
    process.send_signal(signal.SIGKILL)
    process.process.join(60)
    main(["toy", "workers=1"])
    whole = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(whole)
        other = small_study(whole, study)
        main(["toy", "workers=1"])
    assert values(place) == values(other) and len(find_runs([here / "runs"])) == 4


def test_a_study_that_is_changed_while_its_workers_run_is_said_to_be(here):
    place = small_study(here)
    line = planned_again(place)
    (place / "ways.py").write_text((place / "ways.py").read_text() + "\nNEW = 1\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"^toy was changed while it ran: start the study again$"):
        Plan.from_line(line)


def planned_again(place) -> str:
    """The line of a plan, from which another process has the same plan."""
    study = study_file.read(place)
    plan = check(study, study.budgets["smoke"])
    assert Plan.from_line(plan.as_line()) == plan
    return plan.as_line()
