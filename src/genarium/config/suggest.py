"""Suggestions for an option that there is not: by former names, papers' names and acronyms, then by spelling."""

import difflib
import re
from collections.abc import Mapping

from genarium.config.former_names import option_now
from genarium.errors import nearest


def no_option(group: str, option: str, options: Mapping[str, str]) -> str:
    """The sentence for `group`=`option`, which is none of `options`, name -> first line of its file."""
    if now := option_now(group, option):
        return f"there is no {group} '{option}': it is {now} now"
    if found := search(option, options):
        return f"there is no {group} '{option}'; did you mean {' or '.join(found)}?"
    return f"there is no {group} '{option}'{nearest(option, options)}"


def search(word: str, options: Mapping[str, str]) -> list[str]:
    """At most three options that go by `word`: in their name, whatever separates its parts and in whatever order, or in
    their first line; the best first."""
    scores = {name: score(word, name, line) for name, line in options.items()}
    best = max(scores.values(), default=0.0)
    close = [name for name, value in scores.items() if value > 0 and (value == best or value >= 0.75)]
    return sorted(close, key=lambda name: -scores[name])[:3]


def score(word: str, name: str, line: str) -> float:
    """How well `word` names the option `name` whose file begins with `line`, 0 to 1."""
    asked, title = compact(word), line.partition(" — ")[0]
    if asked == compact(name):
        return 1.0
    if sorted(tokens(word)) == sorted(tokens(name)):
        return 0.95
    phrases = {compact(phrase) for phrase in re.split(r"[,;:()/]| by | of ", title)} | spans(title)
    if asked in phrases:
        return 0.9
    if len(asked) > 2 and asked in spans(line):
        return 0.8
    near = difflib.SequenceMatcher(None, asked, compact(name)).ratio()
    return 0.7 * near if near >= 0.75 else 0.0


def compact(text: str) -> str:
    """Letters and digits alone, small."""
    return re.sub(r"[^a-z0-9]+", "", text.lower().replace("β", "beta"))


def tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def spans(text: str) -> set[str]:
    """Every run of up to four words of `text`, put together."""
    words = tokens(text.replace("β", "beta"))
    return {"".join(words[i : i + n]) for n in range(1, 5) for i in range(len(words))}
