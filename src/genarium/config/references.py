"""Papers of the models: their keys, links and BibTeX entries (`conf/references.bib`)."""

import re
from functools import cache

from genarium.config.conf_groups import conf_dir

ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")


def key(paper: str) -> str | None:
    """BibTeX key of a citation: `arXiv:1312.6114`, or surname and year (`higgins2017`) where there is no preprint; None
    for what is no citation."""
    if found := ARXIV.search(paper):
        return f"arXiv:{found[1]}"
    surname, year = re.match(r"[^\W\d_]+", paper), re.search(r"\b(?:19|20)\d\d\b", paper)
    return f"{surname[0].lower()}{year[0]}" if surname and year else None


def link(paper: str) -> str:
    """The citation in Markdown, its preprint linked."""
    return ARXIV.sub(r"[arXiv:\1](https://arxiv.org/abs/\1)", paper)


@cache
def entries() -> dict[str, str]:
    """Key -> BibTeX entry."""
    text = (conf_dir() / "references.bib").read_text(encoding="utf-8")
    found = [part.strip() for part in re.split(r"(?m)^(?=@)", text) if part.startswith("@")]
    return {entry.partition("{")[2].partition(",")[0]: entry for entry in found}
