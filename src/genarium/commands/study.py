"""genarium study: from a claim to a verdict, with its table, figure and report."""

import shlex

from genarium.config.sweep_words import of_hydra
from genarium.errors import UserError, nearest
from genarium.studies import experiments, ledger
from genarium.studies.study_file import FULL, Study

HELP = """genarium study NAME [budget=full] [workers=auto] [retry=false]: from a claim to a verdict

Examples
  genarium study --list                          every study: claim, verdict, seeds
  genarium study pacgan_grid_ring                 all of it; again, and it goes on where it was
  genarium study pacgan_grid_ring budget=smoke    in a minute, into runs/studies: that it runs, not what comes out
  genarium study pacgan_grid_ring retry=true      runs that failed are tried once more
  genarium study --all budget=smoke               every study so
  genarium study pca hydra/launcher=submitit_slurm workers=8      on a cluster

A study is a folder of experiments/ with a study.yaml: arms x data sets x seeds, measures, expectations with the least
effect worth telling, published values. What is finished, here or as a row of results.csv, is not run again; an arm
whose configuration changed is. A run that failed is a row and counts as the worst. Written beside study.yaml:
results.csv, protocols.json, protocols.md, table.tex, figure.png, pictures.png, and the generated part of README.md;
your own words around it are kept.
"""
KEYS = {"budget": FULL, "workers": "auto", "retry": "false"}
OPTIONS = ("--list", "--all")


def help_text() -> str:
    known = experiments.names(experiments.folder())
    return HELP + (f"\nStudies: {' '.join(known)}\n" if known else "")


def main(args: list[str]) -> None:
    hydra = [word for word in args if of_hydra(word)]
    args = [word for word in args if word not in hydra]
    names, keys = read(args)
    if "--list" in args:
        return print(ledger.listed(experiments.studies(experiments.folder())))
    chosen = experiments.studies(experiments.folder()) if "--all" in args else [experiments.find(one) for one in names]
    if not chosen:
        raise UserError("say which study: genarium study NAME; genarium study --list shows them")
    budgets = [budget_of(study, keys["budget"]) for study in chosen]
    from genarium.commands.study_plan import check  # hydra takes seconds
    from genarium.commands.study_run import run
    from genarium.studies.launch import launcher_of

    retry, workers = truth(keys["retry"]), count(keys["workers"])
    launcher_of(hydra)
    asked = ["--all"] if "--all" in args else names
    again = shlex.join(["genarium", "study", *asked, f"budget={keys['budget']}", *hydra])
    plans = [check(study, budget) for study, budget in zip(chosen, budgets, strict=True)]
    run(plans, hydra, workers, retry, again)


def read(args: list[str]) -> tuple[list[str], dict[str, str]]:
    """(names of studies, keys); UserError for what is neither."""
    keys, names = dict(KEYS), []
    for word in args:
        key, equals, value = word.partition("=")
        if word.startswith("-") and word not in OPTIONS:
            raise UserError(f"there is no option {word}; genarium study has {' and '.join(OPTIONS)}")
        if equals and key not in KEYS:
            raise UserError(f"there is no key '{key}'{nearest(key, KEYS)}; a study's settings stand in its study.yaml")
        if equals:
            keys[key] = value
        elif word not in OPTIONS:
            names.append(word)
    return names, keys


def budget_of(study: Study, name: str):
    if name not in study.budgets:
        raise UserError(f"budget={name}: {study.name} has none of this name{nearest(name, study.budgets)}")
    return study.budgets[name]


def truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise UserError(f"retry={text}: must be true or false")
    return text == "true"


def count(text: str) -> int | str:
    if text != "auto" and not (text.isdecimal() and int(text)):
        raise UserError(f"workers={text}: must be auto or a whole number, 1 or more")
    return int(text) if text != "auto" else text
