"""genarium train: compose, check, train one run or a sweep."""

import os
import shlex
import sys
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from genarium.commands.crew_size import crew_environments
from genarium.commands.hydra_options import SHOWS, are_options, is_sweep
from genarium.commands.key_values import listed
from genarium.config import compose, overrides
from genarium.config.resume import changed
from genarium.errors import UserError
from genarium.files.output_paths import refuse_unwritable, remove_empty
from genarium.runs.run import Run
from genarium.studies import sweeps
from genarium.studies.crew import Crew
from genarium.studies.jobs import BEFORE, Job, Outcome, jobs_of
from genarium.studies.progress import SweepProgress
from genarium.studies.resumed_sweep import to_do

HELP = """genarium train [key=value …]: train a model on a data set

Examples
  genarium train model=beta_vae data=flowers
  genarium train model=dcgan data=pokemon data.resolution=64 total_images=500_000 name=first group=pokemon
  genarium train -m model=vae,dcgan seed=0,1,2            a sweep: every combination, several at a time (workers=2);
                                                          the same command again skips what is finished and goes on
  genarium train resume=runs/default/first                on from its last checkpoint, bit for bit
  genarium train resume=runs/default/first total_images=900_000 trainer=cpu       further, or elsewhere
  genarium train trainer=ddp trainer.devices=4            several GPUs (or CPU processes)
  genarium train model=vae --cfg job                      show the composed configuration, train nothing

Keys of a run
  total_images  the budget, in images seen   seed   of everything random
  name          of the run                   group  its folder is runs/<group>/<name>
  resume        a run's folder               any key of a group: model.beta=4 data.batch_size=128 …
"""


def help_text() -> str:
    groups = "".join(f"\n{group}=\n{listed(group)}\n" for group in compose.GROUPS)
    options = {part: " ".join(compose.choices(f"model/{part}")) for part in compose.parts("model")}
    parts = "".join(f"\n  model/{part}=  {found}" for part, found in options.items())
    what = "parts of a model, where it has them (`genarium list model/adversarial_loss` describes them)"
    return f"{HELP}{groups}\n{what}{parts}\n"


def main(args: list[str]) -> None:
    sweep = is_sweep(args)
    typed = shlex.join(["genarium", "train", *args])
    args, workers = without_workers(args, sweep)
    options = are_options(args)
    words = [word for word, option in zip(args, options, strict=True) if not option]
    if resumed := [word for word in words if word.lstrip("+").startswith("resume=")]:
        if sweep or len(words) < len(args) or len(resumed) > 1:
            raise UserError("resume= goes on with one run: leave out -m and other options, and name one folder")
        resume(resumed[0].partition("=")[2], [word for word in words if word not in resumed])
        return
    if sweep and (shows := [word for word in args if word.partition("=")[0] in SHOWS]):
        raise UserError(f"{shows[0]} shows one configuration: leave -m out, and give each key one value")
    for word in words:
        compose.refuse_no_option(word)
    args = [word if option else sweeps.read(word, sweep) for word, option in zip(args, options, strict=True)]
    words = [word for word, option in zip(args, options, strict=True) if not option]
    check(words, sweep)
    if sweep:
        words = [word for word in words if not word.startswith("hydra.mode=")]
        rehearse(words)
        launch_sweep(words, workers, typed)
    else:
        launch(args, typed)


def without_workers(args: list[str], sweep: bool) -> tuple[list[str], str]:
    """(`args` without the word workers=…, its value)."""
    asked = [word for word in args if word.startswith("workers=")]
    if asked and not sweep:
        raise UserError(f"{asked[0]} is for sweeps: add -m, or leave it out")
    return [word for word in args if word not in asked], asked[-1].partition("=")[2] if asked else "auto"


def check(words: list[str], sweep: bool) -> list[Path]:
    """Compose everything that will run, so that errors come before anything starts. -> the folder of every job."""
    if not sweep and (swept := [word for word in words if overrides.parse(word).is_sweep_override()]):
        raise UserError(f"{swept[0]} names several values: add -m to run them all, or quote a value that has commas")
    place = "hydra.sweep.dir=FOLDER" if sweep else "hydra.run.dir=FOLDER"
    folders = sweeps.check(words, sweep)
    for folder in folders:
        refuse_unwritable(folder, f"start in another folder, or set {place}")
    return folders


def rehearse(words: list[str]) -> None:
    """Rehearsal of a sweep: prepare every model and data set, so that errors appear before the first job."""
    from genarium.training.build import prepare  # torch takes seconds: it comes when nothing is misspelled

    for job in sweeps.different(words):
        config = compose.composed(job)
        OmegaConf.resolve(config)
        try:
            prepare(config)
        except UserError as error:
            raise UserError(sweeps.blamed(words, job, error)) from None


def launch(args: list[str], typed: str) -> None:
    """Hydra's main: one run."""
    from genarium.training.fit import train

    errors: list[Exception] = []

    def job(config: DictConfig) -> None:
        run = Run(Path(HydraConfig.get().runtime.output_dir))
        try:
            train(config, run)
            print(f"finished: {shown(run.folder)}", file=sys.stderr)
        except Exception as error:
            remove_empty(run.folder)
            errors.append(error)

    command, sys.argv = sys.argv, [sys.argv[0], *args]
    compose.register()
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # what Hydra itself meets, a full disk say, is told by `cli.main`
    try:
        hydra.main(version_base="1.3", config_path=str(compose.conf_dir()), config_name="train")(job)()
    finally:
        sys.argv = command
    if errors:
        raise errors[0]


def launch_sweep(words: list[str], workers: str, typed: str) -> None:
    """Every combination of `words` as a run of its own, several at a time; a failed one does not end the others;
    `typed` is the command."""
    jobs = jobs_of(list(sweeps.folders(words, sweep=True)))
    again = f"`{typed}` goes on where it was, and skips what is finished"
    progress = SweepProgress(len(jobs))
    jobs = skip_finished(jobs, progress)
    environments = crew_environments(compose.composed(next(sweeps.every_choice(words))).trainer, workers, len(jobs))
    try:
        if len(environments) > 1:
            logs = Path(jobs[0].folder).parent / ".workers"
            print(f"{len(jobs)} runs, {len(environments)} at a time; what they print: {shown(logs)}", file=sys.stderr)
            Crew(environments, logs).run(jobs, progress)
        else:
            run_in_turn(jobs, progress)
    except (SystemExit, KeyboardInterrupt):
        print(f"the rest of the sweep: {again}", file=sys.stderr)
        raise
    if progress.failed:
        count = len(progress.failed)
        raise UserError(f"{count} runs of the sweep failed, each for the reason above; once mended: {again}")


def skip_finished(jobs: list[Job], progress: SweepProgress) -> list[Job]:
    """The others; a folder that holds another run is left to its job, which says so."""
    left = []
    for job in jobs:
        run = Run(Path(job.folder))
        try:
            done = run.status() == "finished" and to_do(run, compose.composed(job.words))[0] is None
        except UserError:
            done = False
        if done:
            progress(job, Outcome(BEFORE))
        else:
            left.append(job)
    return left


def run_in_turn(jobs: list[Job], progress: SweepProgress) -> None:
    from genarium.commands.run_job import run_job

    for job in jobs:
        progress(job, None)
        progress(job, run_job(job))


def resume(folder: str, changes: list[str]) -> Run:
    """Go on with the run in `folder`; `changes` are keys of its own configuration, such as a larger budget."""
    run = Run.open(folder)
    compose.register()
    config = changed(run, changes)
    from genarium.training.fit import train

    train(config, run, resume=True)
    print(f"finished: {shown(run.folder)}", file=sys.stderr)
    return run


def shown(folder: Path) -> str:
    """Path relative to the working folder."""
    return os.path.relpath(folder)
