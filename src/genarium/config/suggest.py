"""Suggestions for an option that there is not: by former names, papers' names and acronyms, then by spelling."""

import difflib
import re
from collections.abc import Mapping

from genarium.config.former_names import compact, option_now
from genarium.errors import nearest

CLOSE = 0.8
"""Score from which an option is named beside a better one."""


def no_option(group: str, option: str, options: Mapping[str, str]) -> str:
    """Error message for an unknown `option` of `group`; `options` are name -> first line of its file."""
    if now := option_now(group, option):
        return f"there is no {group} '{option}': it is {now} now"
    if found := search(option, options):
        return f"there is no {group} '{option}'; did you mean {' or '.join(found)}?"
    return f"there is no {group} '{option}'{nearest(option, options) or f'; genarium list {group} shows them'}"


def search(word: str, options: Mapping[str, str]) -> list[str]:
    """At most three options that go by `word`, the best first: by their names, whatever separates the parts and in
    whatever order, or by their first lines. Of equally good ones, the name most like `word` comes first."""
    scores = {name: score(word, name, line) for name, line in options.items()}
    best = max(scores.values(), default=0.0)
    close = [name for name, value in scores.items() if value > 0 and (value == best or value >= CLOSE)]
    return sorted(close, key=lambda name: (-scores[name], -likeness(word, name)))[:3]


def score(word: str, name: str, line: str) -> float:
    """How well `word` names the option `name` whose file begins with `line`, 0 to 1."""
    asked, words, title = compact(word), tokens(word), line.partition(" — ")[0]
    phrases = [tokens(phrase) for phrase in re.split(r"[,;:()]", title)]
    if asked == compact(name):
        return 1.0
    if sorted(words) == sorted(tokens(name)):
        return 0.98
    if asked in spans(name):
        return 0.96
    if sorted(words) in map(sorted, phrases) or "".join(words) in map("".join, phrases):
        return 0.95
    if "".join(words) in spans(title):
        return 0.9
    if words and all(any(begins(part, whole) for whole in tokens(f"{name} {title}")) for part in words):
        return 0.85
    if len(asked) > 2 and asked in spans(line):
        return 0.8
    near = likeness(word, name)
    return 0.7 * near if near >= 0.75 else 0.0


def begins(part: str, whole: str) -> bool:
    """Whether `part` is `whole`, or a prefix of three letters or more: conv, convolutional."""
    return part == whole or (len(part) > 2 and whole.startswith(part))


def likeness(word: str, name: str) -> float:
    """Share of equal letters, 0 to 1."""
    return difflib.SequenceMatcher(None, compact(word), compact(name)).ratio()


def tokens(text: str) -> list[str]:
    """Words, small; an autoencoder is an ae."""
    return ["ae" if found == "autoencoder" else found for found in re.findall(r"[a-z0-9]+", plain(text))]


def spans(text: str) -> set[str]:
    """Every run of up to four words of `text`, put together."""
    words = tokens(text)
    return {"".join(words[i : i + n]) for n in range(1, 5) for i in range(len(words))}


def plain(text: str) -> str:
    return text.lower().replace("β", "beta")
