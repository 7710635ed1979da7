"""genarium evaluate: a run's numbers, each with the protocol that made it."""

from pathlib import Path
from typing import NamedTuple

from omegaconf import DictConfig, OmegaConf

from genarium.commands.each import do_each
from genarium.commands.key_values import is_path, is_there, listed, no_options
from genarium.config import compose, roots
from genarium.errors import UserError
from genarium.evaluation import measures
from genarium.runs.run import find_runs

HELP = """genarium evaluate RUN [evaluation=default] [sampler=default] [checkpoint=last|best]: measure a run

Examples
  genarium evaluate runs/default/vae-flowers-seed0
  genarium evaluate run=runs/demo/ae evaluation=samples sampler=gmm      # only what a second sampler changes
  genarium evaluate run=runs/digits/gan evaluation=modes                 # known modes, of 26,000 samples
  genarium evaluate run=runs/demo/vae evaluation=offline evaluation.num_samples=5000 evaluation.seed=7
  genarium evaluate run=runs/demo evaluation=offline                     # every run in the folder
  genarium evaluate run=runs/birds data.path=~/elsewhere/birds           # its images have moved

Numbers go to the run's result.json, each beside the hash of its protocol: everything that it depends on. Those of a
sampler that was chosen end with its name (fd/…/2k_train/gmm10) and stand beside those of the model's natural one; those
of checkpoint=best end with /best. What cannot be had is named, with the reason, and costs no other number.
"""
PLACES = ("data.path", "data.path_a", "data.path_b", "data.root", "data.cache")
"""Keys of a run that may be others where it is measured."""


def help_text() -> str:
    return HELP + "".join(f"\n{group}=\n{listed(group)}\n" for group in ("evaluation", "sampler"))


class Words(NamedTuple):
    """Words of the command line, by kind."""

    folders: list[str]
    places: list[str]  # data.path=… and the like
    device: str
    keys: list[str]  # of the evaluation's own configuration


def main(args: list[str]) -> None:
    words = read(args)
    config = configuration(words.keys)
    asked = words.folders if OmegaConf.is_missing(config, "run") else [*listed_folders(config.run), *words.folders]
    if not asked:
        raise UserError("say which run: genarium evaluate run=runs/<group>/<name>, or all of a folder's")
    runs = find_runs(asked)
    from genarium.commands.evaluate_run import device, evaluate, show  # torch takes seconds: nothing is misspelled now

    config.device = device(words.device)
    work = lambda run: show(evaluate(run, config, words.places))
    do_each(runs, work, lambda run: str(run.folder), "runs were not measured")


def configuration(keys: list[str]) -> DictConfig:
    """The configuration of an evaluation, checked before anything heavy is loaded."""
    config = compose.checked(keys, "evaluate")
    measured = config.evaluation
    splits = {"reference_split": measured.reference_split, "heldout_split": measured.heldout_split}
    measures.check(measured.measures, splits, measured.extractor is not None)
    return config


def read(args: list[str]) -> Words:
    """A word without a key, or that is a folder, is a run's folder."""
    words = Words([], [], next((a.partition("=")[2] for a in reversed(args) if a.startswith("device=")), "auto"), [])
    for word in args:
        key, equals, _ = word.partition("=")
        root = roots.root(key.lstrip("+~"))
        known = root in roots.KNOWN["evaluate"] | {"data", "hydra"}
        if not equals or is_there(word) or (not known and is_path(word)):
            words.folders.extend(no_options([word]))
        elif root == "hydra":
            raise UserError(f"{word}: an evaluation is written into its run's folder: leave it out")
        elif root == "data":
            words.places.append(place(word, key))
        elif key != "device":
            words.keys.append(word)
    return words


def place(word: str, key: str) -> str:
    if key not in PLACES:
        raise UserError(
            f"{word}: a run is measured on the data that it was trained on; only {', '.join(PLACES)} may differ"
        )
    return word


def listed_folders(text: str) -> list[str]:
    """One folder, or several between commas."""
    parts = text.split(",")
    several = len(parts) > 1 and not Path(text).is_dir() and all(Path(part).expanduser().is_dir() for part in parts)
    return parts if several else [text]
