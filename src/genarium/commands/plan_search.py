"""A search, as its words and `conf/search` say it, checked before anything runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from genarium.config import compose, conf_groups
from genarium.config.grammar import parse
from genarium.config.ranges import rule_of
from genarium.errors import UserError
from genarium.studies import sweeps
from genarium.studies.objective import SearchObjective
from genarium.studies.space import Categorical, Dimension, Interval, space_of
from genarium.studies.spec import Spec, constraint

OWN = ("name", "seed")
"""Keys that a search sets for each run."""
CALLBACKS = "callbacks=search"


def planned(words: Sequence[str], settings: DictConfig) -> tuple[Path, Spec, list[str]]:
    """(folder of its runs, the search, words of a grid that has each of its models and data sets once)."""
    held: dict[str, Any] = OmegaConf.to_container(settings, resolve=True)  # pyright: ignore[reportAssignmentType]
    named = {parse(word).get_key_element() for word in words}
    spaced = [sweeps.read(f"{key}={value}", True, search=True) for key, value in held["space"].items()]
    base = [sweeps.read(word, True, search=True) for word in held["base"]]
    all_words = [word for word in [*base, *spaced] if parse(word).get_key_element() not in named] + [*words]
    fixed, space = space_of(all_words)
    space = with_whole(space, fixed)
    refuse_own(space, fixed)
    objectives = objectives_of(held, fixed)
    fixed = followed(fixed, [one.ends()[0] for one in space], objectives)
    folder, whole = about(fixed, space)
    swept = [word for word in all_words if parse(word).is_sweep_override()]
    spec = Spec(
        study=str(whole.group),
        words=tuple(word for word in fixed if not word.startswith(("name=", "seed="))),
        space=tuple(swept), whole=tuple(one.key for one in space if isinstance(one, Interval) and one.whole),
        objectives=tuple(objectives), constraints=tuple(word.replace(" ", "") for word in held["constraints"]),
        seeds=held["seeds"], first_seed=whole.seed, trials=trials_of(held, space), budget=whole.total_images,
        algorithm=held["algorithm"], pruner=held["pruner"], storage=held["storage"],
    )  # fmt: skip
    for word in spec.constraints:
        constraint(word)
    spec.check()
    sweeps.check_choices([*fixed, *(as_list(one, one.ends()) for one in space)])
    return folder, spec, [*fixed, *(as_list(one, examples(one)) for one in space)]


def as_list(one: Dimension, words: Sequence[str]) -> str:
    """A word of a grid: `key=first,second`."""
    return f"{one.key}={','.join(word.partition('=')[2] for word in words)}"


def examples(one: Dimension) -> list[str]:
    """Every option of a group, which may not fit the data; one value of a number."""
    return one.ends() if isinstance(one, Categorical) and conf_groups.is_choice(one.ends()[0]) else one.ends()[:1]


def with_whole(space: Sequence[Dimension], fixed: Sequence[str]) -> list[Dimension]:
    """`space`, where intervals of keys that hold whole numbers have whole numbers."""
    firsts = [one.ends()[0] for one in space if conf_groups.is_choice(one.ends()[0])]
    config = compose.composed([*fixed, *firsts])

    def is_whole(key: str) -> bool:
        rule, value = rule_of(key), OmegaConf.select(config, key)
        return rule.kind == "whole" if rule else isinstance(value, int) and not isinstance(value, bool)

    return [
        Interval(one.key, one.low, one.high, True, one.log, one.step)
        if isinstance(one, Interval) and is_whole(one.key)
        else one
        for one in space
    ]


def refuse_own(space: Sequence[Dimension], fixed: Sequence[str]) -> None:
    for one in space:
        if one.key in (*OWN, "group", "total_images"):
            remedy = "seeds=3 gives each trial three" if one.key == "seed" else "give it one value, or leave it out"
            raise UserError(f"{one.key} cannot be searched: {remedy}")
    if named := [word for word in fixed if word.startswith("name=")]:
        raise UserError(f"{named[0]}: a search names its runs by their numbers: leave it out; group=… names the folder")


def objectives_of(held: dict[str, Any], fixed: Sequence[str]) -> list[SearchObjective]:
    names = held["objective"] if isinstance(held["objective"], list) else [held["objective"]]
    found = [SearchObjective.read(str(name), held["direction"], held["checkpoint"]) for name in names]
    parts = {one.measure for one in found if one.measure}
    if len(parts) > 1:
        raise UserError(
            f"the objectives are of {' and '.join(sorted(parts))}: name numbers of one part of an evaluation"
        )
    return found


def followed(fixed: Sequence[str], firsts: Sequence[str], objectives: Sequence[SearchObjective]) -> list[str]:
    """`fixed`, and what a run must be told so that the objectives are measured while it trains."""
    measured = [word for one in objectives for word in one.words()]
    chosen = [word for word in fixed if word.startswith("callbacks=")]
    if measured and not chosen:
        return [*fixed, CALLBACKS, *dict.fromkeys(measured)]
    if measured and not OmegaConf.select(compose.composed([*fixed, *firsts]), "callbacks.evaluate"):
        raise UserError(f"{chosen[0]} measures no {objectives[0].name}: leave it out, or choose {CALLBACKS}")
    return [*fixed, *dict.fromkeys(measured)]


def about(fixed: Sequence[str], space: Sequence[Dimension]) -> tuple[Path, DictConfig]:
    """(folder of the runs, the configuration of one of them)."""
    firsts = [one.ends()[0] for one in space]
    whole = compose.with_hydra([*fixed, *firsts, "name=trial"])
    HydraConfig.instance().set_config(whole)
    return Path(HydraConfig.get().sweep.dir), whole


def trials_of(held: dict[str, Any], space: Sequence[Dimension]) -> int:
    """As many as wished for; of a grid no more than it has points."""
    if held["algorithm"] != "grid":
        return held["trials"]
    points = 1
    for one in space:
        if not isinstance(one, Categorical):
            raise UserError(f"algorithm=grid needs lists of values: write {one.key}=1,2,4 instead of a range")
        points *= len(one.options)
    return min(points, held["trials"])
