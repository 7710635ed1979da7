"""Jobs of a sweep, each in a folder of its own; every choice is checked before the first job starts."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Glob
from omegaconf import DictConfig, OmegaConf, open_dict

from genarium.config import compose, conf_groups
from genarium.config.grammar import parse
from genarium.config.overrides import expanded, readable, values_of
from genarium.errors import UserError
from genarium.runs.run import Run

UNIQUE = ("seed", "name", "group", "total_images")
"""Keys that change nothing of what a model or its data are."""
Check = Callable[[Sequence[str]], None]
"""UserError for a job that cannot run."""
HYDRAS = ("hydra/launcher", "hydra/sweeper", "hydra.launcher", "hydra.sweeper")


def read(word: str, sweep: bool, search: bool = False) -> str:
    """A word as Hydra's grammar and its sweeper understand it; a search keeps its ranges."""
    key = word.partition("=")[0].lstrip("+~")
    if key.startswith(HYDRAS):
        if not sweep:
            raise UserError(f"{word} is for sweeps: add -m, or leave it out")
        return word
    word = readable(word, sweep)
    if search and not isinstance(parse(word).value(), Glob):
        return word
    return expanded(word, conf_groups.choices(key) if conf_groups.is_choice(word) else {}) if sweep else word


def every_choice(words: Sequence[str]) -> Iterator[list[str]]:
    """Each choice of each key once: enough to find what is misspelled."""
    swept = [values_of(word) for word in words]
    first = [found[0] for found in swept]
    yield first
    for place, found in enumerate(swept):
        for value in found[1:]:
            yield [*first[:place], value, *first[place + 1 :]]


def different(words: Sequence[str]) -> list[list[str]]:
    """Of `every_choice`, those whose model or data differ."""
    found = {tuple(word for word in job if word.partition("=")[0] not in UNIQUE): job for job in every_choice(words)}
    return list(found.values())


def check(words: Sequence[str], sweep: bool) -> list[Path]:
    """Compose and check what will run. -> the folder of every job."""
    check_choices(words)
    found: dict[Path, list[str]] = {}
    for job, folder in folders(words, sweep):
        if folder in found:
            raise UserError(alike(words, job, found[folder], folder))
        found[folder] = job
    return list(found)


def check_choices(words: Sequence[str]) -> None:
    """Compose and check each choice once, and that the run which it starts from is there."""
    for job in every_choice(words):
        try:
            check_job(job)
        except UserError as error:
            raise UserError(blamed(words, job, error, check_job)) from None


def check_job(job: Sequence[str]) -> None:
    if init := compose.checked(job).init:
        Run.open(init)


def blamed(words: Sequence[str], job: Sequence[str], error: UserError, check: Check) -> str:
    """The sentence that `check` said of a job, with the values of swept keys that it is true of where it is not true of
    all."""
    for place, word in enumerate(words):
        options = values_of(word)
        if len(options) == 1 or not conf_groups.is_choice(word):
            continue
        right = [option for option in options if passes(check, job, place, option)]
        wrong = [option for option in options if option not in right]
        if right and wrong:
            key = word.partition("=")[0]
            rest = ",".join(option.partition("=")[2] for option in right)
            return f"{' and '.join(wrong)}: {error}; sweep {key}={rest} with these words, and the others without"
    others = [
        next((option for option in values_of(word) if option != job[place]), None) for place, word in enumerate(words)
    ]
    to_blame = [job[place] for place, other in enumerate(others) if other and passes(check, job, place, other)]
    return str(error) if all(word in str(error) for word in to_blame) else f"{' '.join(to_blame)}: {error}"


def passes(check: Check, job: Sequence[str], place: int, word: str) -> bool:
    """Whether a job would do with another word in this place."""
    try:
        check([*job[:place], word, *job[place + 1 :]])
    except UserError:
        return False
    return True


def folders(words: Sequence[str], sweep: bool) -> Iterator[tuple[list[str], Path]]:
    """(job, its folder) for every combination; what groups make is composed once each."""
    wholes: dict[tuple[str, ...], DictConfig] = {}
    for job in map(list, product(*map(values_of, words))):
        groups = tuple(word for word in job if "=" not in word or conf_groups.is_choice(word))
        if groups not in wholes:
            wholes[groups] = compose.with_hydra(job)
        whole = wholes[groups]
        OmegaConf.set_readonly(whole.hydra, False)
        with open_dict(whole):
            for override in map(parse, job):
                if not conf_groups.is_choice(override.input_line or "") and not override.is_delete():
                    OmegaConf.update(whole, override.key_or_group, override.value(), force_add=True)
            whole.hydra.overrides.task = [word for word in job if not word.startswith("hydra")]
        HydraConfig.instance().set_config(whole)
        hydra = HydraConfig.get()
        yield job, Path(hydra.sweep.dir) / hydra.sweep.subdir if sweep else Path(hydra.run.dir)


def alike(words: Sequence[str], job: Sequence[str], other: Sequence[str], folder: Path) -> str:
    """The sentence for two jobs of one folder."""
    if list(job) == list(other):
        return f"the sweep names {twice(words)} twice: name each value once"
    key = next(one for one, two in zip(job, other, strict=True) if one != two).partition("=")[0].lstrip("+")
    named = [word for word in job if word.partition("=")[0] == "name"]
    made = "choices." * (key in ("model", "data")) + key
    remedy = f"set 'name=run-${{{made}}}'"
    if named:
        remedy = f"leave name={parse(named[0]).value()} out, or {remedy}"
    return f"the jobs with {key} of one value and of another would share the folder {folder}: {remedy}"


def twice(words: Sequence[str]) -> str:
    return next(one for word in words for one in values_of(word) if values_of(word).count(one) > 1)
