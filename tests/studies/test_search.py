"""A search: its space, its objective, what it keeps of each trial, whoever is killed."""

import json
import os
import signal
from pathlib import Path

import optuna
import psutil
import pytest

from genarium.commands.plan_search import planned
from genarium.commands.train_sweep import PLACE
from genarium.config import compose, roots
from genarium.config.overrides import readable
from genarium.errors import UserError
from genarium.runs.run import Run, find_runs
from genarium.studies.importance import importance
from genarium.studies.jobs import FAILED, FINISHED, Outcome
from genarium.studies.objective import SearchObjective
from genarium.studies.search import Search
from genarium.studies.space import Categorical, Interval, space_of
from genarium.studies.storage import heal, masked
from genarium.studies.trial_run import job_of
from small import FORKS, SMALL, start, tiny, wait_for

VAE = ["model=beta_vae", *SMALL, *tiny("beta_vae"), "total_images=640"]
SPACE = ["model.beta=tag(log,interval(0.5,32))", "model.latent_dim=choice(8,16)"]


def spec_of(*words: str, runs=(*VAE, *SPACE)):
    """The search that `genarium train -m hydra/sweeper=optuna` would begin."""
    runs = [word for word in runs if word.partition("=")[0] not in {one.partition("=")[0] for one in words}]
    own = [word for word in words if word.partition("=")[0] in roots.KNOWN["sweep"]]
    settings = compose.checked([readable(word) for word in own], "sweep")
    return planned([*runs, *(word for word in words if word not in own)], settings)


def refused(*words: str) -> str:
    with pytest.raises(UserError) as error:
        spec_of(*words)
    return str(error.value)


def begun(folder: Path, *words: str) -> Search:
    """A search in `folder` whose runs are played by `parabola`."""
    return Search.begin(folder / PLACE, spec_of("objective=val/loss", *words)[1])


def value_of(job) -> float:
    chosen = dict(word.split("=", 1) for word in job.words)
    return (float(chosen["model.beta"]) - 4) ** 2 + 10 * (chosen["model.latent_dim"] == "8")


def parabola(job, report):
    """A run that logs (beta - 4)², ten times better at its end than at its beginning."""
    run = Run(Path(job.folder))
    run.folder.mkdir(parents=True, exist_ok=True)
    for images in (320, 640):
        logged = {"val/loss": value_of(job) + 640 - images}
        run.append(images, logged)
        if report and report(images, logged):
            return Outcome("pruned")
    return Outcome(FINISHED)


def test_the_sweep_grammar_is_the_space():
    fixed, space = space_of(
        [
            "model=vae",
            "a=choice(x,y)",
            "b=1,2",
            "c=tag(log,interval(1e-5,1e-2))",
            "d=int(interval(1,9))",
            "e=range(2,9,3)",
        ]
    )
    assert fixed == ["model=vae"]
    assert space == [
        Categorical("a", ("x", "y")), Categorical("b", ("1", "2")), Interval("c", 1e-5, 1e-2, log=True),
        Interval("d", 1, 9, whole=True), Interval("e", 2, 8, whole=True, step=3),
    ]  # fmt: skip
    assert [one.word(one.low) for one in space[2:]] == ["c=1e-05", "d=1", "e=2"]


def test_a_space_that_cannot_be_searched_is_one_sentence():
    assert "the first number must be below the second" in refused("model.beta=interval(4,1)")
    assert "a logarithmic scale begins above 0" in refused("model.beta=tag(log,interval(0,4))")
    assert "there is no tag 'lgo'" in refused("model.beta=tag(lgo,interval(1,4))")
    assert "names a value twice" in refused("model.beta=1,1")
    assert "seed cannot be searched: seeds=3 gives each trial three" in refused("seed=0,1")
    assert "model.beta=-3.0: must be" in refused("model.beta=interval(-3,4)")
    assert "there is no key 'gamma' in model" in refused("model.gamma=interval(0.1,4)")
    with pytest.raises(UserError, match="has nothing to choose"):
        spec_of(runs=VAE)


def test_an_interval_of_a_key_of_whole_numbers_has_whole_numbers():
    _, spec, _ = spec_of("model.latent_dim=interval(8,32)")
    assert Interval("model.latent_dim", 8.0, 32.0, whole=True) in spec.dimensions


def test_an_objective_is_a_measured_number_and_knows_its_direction():
    assert SearchObjective.read("fd/efficientnet_lite0/1k_train").direction == "minimize"
    assert SearchObjective.read("mig/val").direction == SearchObjective.read("val/psnr").direction == "maximize"
    assert SearchObjective.read("seconds").direction == SearchObjective.read("val/loss").direction == "minimize"
    assert SearchObjective.read("rate/val", "maximize").direction == "maximize"
    assert "did you mean fd" in refused("objective=fdd/efficientnet_lite0/1k_val")
    assert "describes and does not rank; say direction=" in refused("objective=rate/val")
    assert "the test images are for reported numbers; write mig/val" in refused("objective=mig/test")


def test_an_objective_is_of_the_last_checkpoint_or_of_the_best(tmp_path):
    run = Run(tmp_path)
    for images, value in ((10, 3.0), (20, 1.0), (30, 2.0), (40, float("nan"))):
        run.append(images, {"val/loss": value, "selection/mig/val": value})
    assert SearchObjective.read("val/loss", checkpoint="best").value(run) == 1.0
    assert SearchObjective.read("mig/val", checkpoint="best").value(run) == 3.0
    with pytest.raises(UserError, match="val/loss is nan"):
        SearchObjective.read("val/loss").value(run)
    run.append(50, {"val/loss": 5.0})
    assert SearchObjective.read("val/loss").value(run) == 5.0
    with pytest.raises(UserError, match="never measured fd/x/1k_val"):
        SearchObjective.read("fd/x/1k_val").value(run)


def test_the_evaluation_of_a_search_gives_the_objective_by_its_name_on_a_seed_of_its_own():
    _, spec, _ = spec_of("objective=fd/efficientnet_lite0/1k_train")
    config = compose.composed([*spec.words, "model.beta=1", "model.latent_dim=8"])
    evaluation = config.callbacks.evaluate.evaluation
    assert evaluation.num_samples == 1000 and evaluation.reference_split == "train"
    assert evaluation.extractor.name == "efficientnet-lite0" and evaluation.measures == ["samples"]
    assert evaluation.seed == 1000 != compose.composed([], "evaluate").evaluation.seed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pruner=wilcoxon"], "compares seeds of a trial: add seeds=3"),
        (["pruner=median", "seeds=3"], "follows one run, and a trial has 3: use pruner=wilcoxon"),
        (["pruner=median", "objective=[val/loss,seconds]"], "follows one number, and there are 2 objectives"),
        (["pruner=median", "objective=seconds"], "seconds is known when a run has ended"),
        (["algorithm=cmaes", "objective=[val/loss,seconds]"], "has one objective"),
        (["algorithm=tp"], "algorithm=tp: must be"),
        (["algorithm=grid"], "algorithm=grid needs lists of values: write model.beta=1,2,4"),
        (["constraints=[parameters]"], "cannot read 'parameters'; write a measured number below a bound"),
        (["name=mine"], "a search names its runs by their numbers"),
        (
            ["callbacks=infrequent"],
            "measures no fd/efficientnet_lite0/500_val: leave it out, or choose callbacks=search",
        ),
        (["trials=0"], "trials=0: must be a whole number, 1 or more"),
    ],
)
def test_what_cannot_be_searched_together_is_one_sentence(words, said):
    assert said in refused(*words)


@pytest.mark.parametrize("sampler", ["tpe", "gp", "cmaes", "qmc", "random", "nsga2"])
def test_every_sampler_finds_the_wished_number_of_trials(sampler, tmp_path):
    search = begun(tmp_path, f"algorithm={sampler}", "trials=14")
    search.serve(parabola)
    trials = search.trials()
    assert [trial.number for trial in trials] == list(range(14))
    assert all(trial.state.name == "COMPLETE" for trial in trials)
    assert trials[0].value == pytest.approx(value_of(job_of(search.spec, tmp_path, 0, 0, trials[0].params)))
    assert search.best_trials()[0].value == min(trial.value for trial in trials)


def test_tpe_comes_closer_than_chance(tmp_path):
    """On a parabola, with as many trials: the median of the last ten."""
    found = {}
    for sampler in ("tpe", "random"):
        search = begun(tmp_path / sampler, f"algorithm={sampler}", "trials=40")
        search.serve(parabola)
        found[sampler] = sorted(trial.value for trial in search.trials()[-10:])[5]
    assert found["tpe"] < found["random"]


def test_a_grid_tries_every_point_once(tmp_path):
    search = begun(tmp_path, "algorithm=grid", "model.beta=1,2,4")
    search.serve(parabola)
    points = [tuple(sorted(trial.params.items())) for trial in search.trials()]
    assert len(points) == len(set(points)) == search.total == 6


def test_hyperband_prunes_and_a_pruned_trial_tells_how_far_it_came(tmp_path):
    search = begun(tmp_path, "pruner=median", "trials=20")
    search.serve(parabola)
    pruned = [trial for trial in search.trials() if trial.state.name == "PRUNED"]
    assert 0 < len(pruned) < 20 and all(list(trial.intermediate_values) == [320] for trial in pruned)


def test_a_trial_of_several_seeds_counts_by_its_mean(tmp_path):
    search, ran = begun(tmp_path, "seeds=3", "seed=5", "trials=2", "pruner=wilcoxon"), []

    def run(job, report):
        ran.append((job.name, job.words[-2]))
        Run(Path(job.folder)).folder.mkdir(parents=True)
        Run(Path(job.folder)).append(640, {"val/loss": float(len(ran) ** 2)})
        return Outcome(FINISHED)

    search.serve(run)
    assert ran[:3] == [("t0000-s0", "seed=5"), ("t0000-s1", "seed=6"), ("t0000-s2", "seed=7")]
    assert search.trials()[0].value == pytest.approx((1 + 4 + 9) / 3)


def test_several_objectives_leave_a_front_and_constraints_are_kept(tmp_path):
    def run(job, report):
        done = parabola(job, report)
        small = "model.latent_dim=8" in job.words
        Run(Path(job.folder)).update_result(seconds=1.0 if small else 3.0, parameters={"vae": 10 if small else 30})
        return done

    words = ["objective=[val/loss,seconds]", "constraints=[parameters<20]", "trials=16", "algorithm=nsga2"]
    search = begun(tmp_path, *words)
    search.serve(run)
    best = search.best_trials()
    assert best and all(trial.params["model.latent_dim"] == "8" for trial in best)
    assert all(list(trial.constraints.values()) in ([-10.0], [10.0]) for trial in search.trials())


def test_a_failed_trial_and_a_number_that_was_never_measured_are_rows_with_their_error(tmp_path):
    search = begun(tmp_path, "trials=3")
    answers = [Outcome(FAILED, "no data"), Outcome(FINISHED), Outcome(FINISHED)]
    search.serve(lambda job, report: answers.pop(0))
    errors = [outcome.error for _, outcome in search.settled().values()]
    assert errors[0] == "no data" and errors[1].startswith("t0001 never measured val/loss")


def test_a_constraint_on_what_was_never_measured_fails_the_trial_and_no_other(tmp_path):
    search = begun(tmp_path, "trials=2", "constraints=[parameters<20]", "algorithm=tpe")
    search.serve(parabola)  # whose runs count no parameters
    errors = [outcome.error for _, outcome in search.settled().values()]
    assert len(errors) == 2 and all("never measured parameters" in error for error in errors)


def test_a_search_that_was_another_is_not_taken_up(tmp_path):
    begun(tmp_path, "trials=2")
    begun(tmp_path, "trials=4", "algorithm=random")  # goes on
    with pytest.raises(
        UserError,
        match=r"holds another search \(its space: model.beta=tag\(log,interval\(0.5,32\)\), and here: model.beta=int",
    ):
        begun(tmp_path, "model.beta=interval(1,2)")
    with pytest.raises(UserError, match=r"\(its objectives: val/loss minimize last, and here: val/dist"):
        begun(tmp_path, "objective=val/distortion", "direction=minimize")


def serve(folder: Path, ran: Path) -> None:
    """One worker of the search in `folder`, which notes what it ran."""

    def run(job, report):
        with ran.open("a") as file:
            file.write(f"{job.name}\n")
        return parabola(job, report)

    Search.load(folder / PLACE).serve(run)


def test_four_processes_on_one_folder_take_each_number_once(tmp_path):
    begun(tmp_path, "trials=40", "algorithm=random")
    workers = [FORKS.Process(target=serve, args=(tmp_path, tmp_path / f"ran{number}")) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    ran = [line for file in tmp_path.glob("ran*") for line in file.read_text().split()]
    assert sorted(ran) == [f"t{number:04d}" for number in range(40)]
    assert len(list(tmp_path.glob("ran*"))) > 1  # more than one of them worked


def test_an_orphan_goes_on_under_its_own_number_and_a_half_written_journal_is_healed(tmp_path):
    search = begun(tmp_path, "trials=3", "algorithm=random")
    if not (pid := os.fork()):
        Search.load(tmp_path / PLACE).serve(lambda job, report: os._exit(9))
    os.waitpid(pid, 0)
    with (tmp_path / "journal.log").open("ab") as journal:
        journal.write(b'{"op_code": 6, "wor')
    search = Search.load(tmp_path / PLACE)
    assert [trial.state.name for trial in search.trials()] == ["RUNNING"]
    params = search.trials()[0].params
    search.serve(parabola)
    assert [trial.state.name for trial in search.trials()] == ["COMPLETE"] * 3
    assert search.trials()[0].params == params
    lines = (tmp_path / "journal.log").read_text().splitlines()
    assert all(json.loads(line) for line in lines)


def test_healing_leaves_whole_journals_alone(tmp_path):
    journal = tmp_path / "journal.log"
    heal(journal)
    journal.write_bytes(b"one\ntwo\n")
    heal(journal)
    assert journal.read_bytes() == b"one\ntwo\n"
    assert masked("postgresql://host/db") == "postgresql://host/db"


def test_importance_finds_the_setting_that_matters():
    """y = 10 x + noise of z: fANOVA gives x nearly all."""
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(lambda trial: 10 * trial.suggest_float("x", 0, 1) + 0.5 * trial.suggest_float("z", 0, 1), 60)
    found = importance(study)
    assert list(found) == ["x", "z"] and found["x"][0] > 0.9 and found["x"][1] < 0.1
    assert importance(optuna.create_study()) == {}


def test_a_search_on_the_command_line_killed_and_repeated_has_the_wished_runs_and_no_other(tmp_path):
    words = [
        "train", "-m", "hydra/sweeper=optuna", "model=beta_vae", *SMALL, *tiny("beta_vae"), "total_images=640",
        "callbacks.checkpoints.every=64", *SPACE[:1], "objective=mig/val", "trials=4", "pruner=hyperband",
        "group=found", "workers=2", "callbacks.evaluate.every=64", "callbacks=search",
    ]  # fmt: skip
    sweep = start(*words, cwd=tmp_path)
    wait_for(lambda: any((tmp_path / "runs/found").glob("t*/checkpoints/last.ckpt")), sweep)
    for pid in [sweep.pid, *(child.pid for child in psutil.Process(sweep.pid).children())]:
        os.kill(pid, signal.SIGKILL)
    sweep.process.join()
    sweep = start(*words, cwd=tmp_path)
    out, said = sweep.communicate(timeout=300)
    assert sweep.returncode == 0, said
    runs = find_runs([tmp_path / "runs/found"])
    assert [run.folder.name for run in runs] == ["t0000", "t0001", "t0002", "t0003"]
    assert {run.status() for run in runs} <= {"finished", "pruned"}
    assert "best settings:\ngenarium train model=beta_vae" in out and "journal.log" in out
    table, _ = start("sweep", "found", cwd=tmp_path).communicate(timeout=60)
    assert "mig ↑" in table and "t0003" in table
