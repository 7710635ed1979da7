"""genarium list: what can be chosen, with papers and needs."""

from fnmatch import fnmatchcase

from genarium.config import references, zoo
from genarium.config.conf_groups import choices, groups
from genarium.errors import UserError, nearest
from genarium.reports import listing

Selection = dict[str, list[str]]
"""Group -> options."""
ALIASES = {"models": "model"}
DEFAULT = ("model", "data")
HELP = """genarium list [GROUP|GROUP/OPTION …] [--bibtex]: what can be chosen, with papers and needs

Examples
  genarium list                            models and data sets
  genarium list model                      models by family
  genarium list 'model/*gan*'              models whose names fit
  genarium list 'model/discriminator/*'    options of a part of a model
  genarium list callbacks sampler          options of other groups
  genarium list wgan_gp --bibtex           BibTeX entries of a model's papers

"""


def help_text() -> str:
    return HELP + listing.plain(f"Groups: {' '.join(groups())}") + "\n"


def main(args: list[str]) -> None:
    if unknown := [word for word in args if word.startswith("-") and word != "--bibtex"]:
        raise UserError(f"there is no option {unknown[0]}; genarium list has --bibtex")
    words = [word for word in args if word != "--bibtex"]
    found = merged([selected(word) for word in words or DEFAULT])
    if "--bibtex" in args:
        return print(bibtex(found))
    print("\n\n".join(section(group, options) for group, options in found.items()))
    if not words:
        rest = [group for group in groups() if group not in DEFAULT]
        print("\n" + listing.plain(f"Other groups: {' '.join(rest)}"))


def selected(word: str) -> Selection:
    """The options that a word names: of a group, or those that fit a pattern; UserError where there are none."""
    head, slash, rest = word.partition("/")
    word = ALIASES.get(head, head) + slash + rest
    if word in groups():
        return {word: list(choices(word))}
    group, slash, pattern = word.rpartition("/")
    if not slash:
        group = "model"  # wgan_gp, *gan*
    fitting = {one: [name for name in choices(one) if fnmatchcase(name, pattern)] for one in fitting_groups(group)}
    fitting = {one: names for one, names in fitting.items() if names}
    if not fitting:
        known = [*groups(), *choices("model"), *(f"model/{name}" for name in choices("model"))]
        raise UserError(f"there is no list of '{word}'{nearest(word, known) or '; genarium list --help names them'}")
    return fitting


def fitting_groups(pattern: str) -> list[str]:
    """Groups of as many levels as the pattern has, whose names fit level by level."""
    levels = pattern.split("/")
    of = lambda group: group.split("/")
    return [group for group in groups() if len(of(group)) == len(levels) and all(map(fnmatchcase, of(group), levels))]


def merged(selections: list[Selection]) -> Selection:
    found: Selection = {}
    for selection in selections:
        for group, options in selection.items():
            found[group] = [*dict.fromkeys([*found.get(group, []), *options])]
    return found


def section(group: str, options: list[str]) -> str:
    if group == "model":
        return listing.models([card for card in zoo.cards() if card.name in options])
    lines = choices(group)
    return f"{group}\n" + listing.table((name, [lines[name]]) for name in options)


def bibtex(found: Selection) -> str:
    """Entries of the papers that the selected options name, each once."""
    papers = [paper for group, names in found.items() for name in names for paper in papers_of(group, name)]
    known = references.entries()
    keys = dict.fromkeys(key for paper in papers if (key := references.key(paper)) in known)
    if not keys:
        raise UserError("no entry is kept for these: genarium list model --bibtex prints those of all models")
    return "\n\n".join(known[key] for key in keys)


def papers_of(group: str, name: str) -> tuple[str, ...]:
    return zoo.first_line(choices(group)[name])[1]
