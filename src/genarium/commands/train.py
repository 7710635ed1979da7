"""genarium train: compose, check, train one run or a sweep."""

import os
import shlex
import sys
from pathlib import Path

import hydra
from omegaconf import OmegaConf

from genarium.commands import train_sweep
from genarium.commands.hydra_options import SHOWS, TRAINS, are_options, is_sweep, value_of
from genarium.commands.key_values import listed
from genarium.config import compose, conf_groups, grammar
from genarium.config.resume import changed
from genarium.config.sweep_words import of_sweep
from genarium.errors import UserError
from genarium.files.output_paths import refuse_unwritable, remove_empty
from genarium.runs.run import Run
from genarium.studies import sweeps

HELP = """genarium train [key=value …]: train a model on a data set

Examples
  genarium train model=beta_vae data=flowers
  genarium train model=dcgan data=pokemon data.resolution=64 total_images=500_000 name=first group=pokemon
  genarium train -m model=vae,dcgan seed=0,1,2            a sweep: every combination, several at a time (workers=2);
                                                          the same command again skips what is finished and goes on
  genarium train -m search=vae_beta pruner=hyperband      a search by Optuna; `genarium list search` shows others
  genarium train -m hydra/launcher=submitit_slurm workers=8 seed=range(0,8)       on a cluster
  genarium train model=srgan init=runs/default/sr         start from the networks of another run, where they are alike
  genarium train resume=runs/default/first                on from its last checkpoint, bit for bit
  genarium train resume=runs/default/first total_images=900_000 trainer=cpu       further, or elsewhere
  genarium train trainer=ddp trainer.devices=4            several GPUs (or CPU processes)
  genarium train model=vae --cfg job                      show the composed configuration, train nothing

Keys of a run
  total_images  the budget, in images seen   seed   of everything random
  name          of the run                   group  its folder is runs/<group>/<name>
  init          a run's folder, whose networks this one starts from
  resume        a run's folder               any key of a group: model.beta=4 data.batch_size=128 …
"""


def help_text() -> str:
    groups = "".join(f"\n{group}=\n{listed(group)}\n" for group in conf_groups.GROUPS)
    options = {part: " ".join(conf_groups.choices(f"model/{part}")) for part in conf_groups.parts("model")}
    parts = "".join(f"\n  model/{part}=  {found}" for part, found in options.items())
    what = "parts of a model, where it has them (`genarium list model/adversarial_loss` describes them)"
    return f"{HELP}{groups}\n{what}{parts}\n"


def main(args: list[str]) -> None:
    sweep = is_sweep(args)
    typed = shlex.join(["genarium", "train", *args])
    options = are_options(args)
    words = [word for word, option in zip(args, options, strict=True) if not option]
    if resumed := [word for word in words if word.lstrip("+").startswith("resume=")]:
        if sweep or len(words) < len(args) or len(resumed) > 1:
            raise UserError("resume= goes on with one run: leave out -m and other options, and name one folder")
        resume(resumed[0].partition("=")[2], [word for word in words if word not in resumed])
        return
    for word in words:
        compose.refuse_no_option(word)
    if sweep:
        if shows := [word for word in args if word.partition("=")[0] in SHOWS]:
            raise UserError(f"{shows[0]} shows one configuration: leave -m out, and give each key one value")
        train_sweep.main([word for word in words if not word.startswith("hydra.mode=")], typed)
        return
    if for_sweeps := [word for word in words if of_sweep(word)]:
        raise UserError(f"{for_sweeps[0]} is for sweeps: add -m, or leave it out")
    args = [word if option else sweeps.read(word, sweep) for word, option in zip(args, options, strict=True)]
    words = [word for word, option in zip(args, options, strict=True) if not option]
    check(words)
    if any(option for word, option in zip(args, options, strict=True) if word not in TRAINS):
        show(args, words)
    else:
        print(f"finished: {shown(train_one(words).folder)}", file=sys.stderr)


def check(words: list[str]) -> None:
    """Compose what will run, so that errors come before anything starts."""
    if swept := [word for word in words if grammar.parse(word).is_sweep_override()]:
        raise UserError(f"{swept[0]} names several values: add -m to run them all, or quote a value that has commas")
    for folder in sweeps.check(words, sweep=False):
        refuse_unwritable(folder, "start in another folder, or set hydra.run.dir=FOLDER")


def train_one(words: list[str]) -> Run:
    """Train the run that `words`, already checked, compose; the folder of one that never began is taken back."""
    [(_, folder)] = sweeps.folders(words, sweep=False)
    config, run = compose.checked(words), Run(folder.absolute())
    from genarium.training.fit import train

    try:
        train(config, run)
    except Exception:
        remove_empty(run.folder)
        raise
    return run


def show(args: list[str], words: list[str]) -> None:
    """Hydra's own options, such as --cfg job, which show a configuration and train nothing."""
    part = value_of(args, ("--package", "-p"))
    if part is not None and OmegaConf.select(compose.with_hydra(words), part) is None:
        raise UserError(f"there is no key '{part}' to show: name one, such as --package model")
    command, sys.argv = sys.argv, [sys.argv[0], *args]
    compose.register()
    try:
        conf = str(conf_groups.conf_dir())
        hydra.main(version_base="1.3", config_path=conf, config_name="train")(lambda config: None)()
    finally:
        sys.argv = command


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
