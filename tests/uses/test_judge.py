"""The judge of edits, in the study attribute, chooses no direction."""

from pathlib import Path

import torch

from genarium.config.compose import composed
from genarium.studies.program import Program
from genarium.training.build import built
from genarium.uses.attribute import difference_of_means
from small import REPOSITORY, SMALL


class Reader:
    """Knows factors, and reads them as a network of its own does: badly."""

    def __init__(self, data) -> None:
        factors = data.packed.factors
        self.names = list(factors)
        known = torch.stack([torch.from_numpy(factors[name]).float() for name in self.names], 1)
        self.known = (known - known.mean(0)) / known.std(0)
        self.asked = 0

    def read(self, x: torch.Tensor) -> torch.Tensor:
        self.asked += 1
        return torch.sin(self.asked + x.flatten(1)[:, : len(self.names)])


def test_directions_are_of_known_factors_and_are_found_before_the_judge_is_asked(monkeypatch):
    edits = Program(Path(REPOSITORY / "experiments/attribute/edits.py"), "effects").load()
    data = built(composed(["model=ae", *SMALL, "name=run"]).data.module, "data.module")
    reader, asked, labels = Reader(data), [], []
    monkeypatch.setitem(edits.__globals__, "judge", lambda data: reader)

    def find(z, having):
        asked.append(reader.asked)
        labels.append(having)
        return difference_of_means(z, having)

    edits(data, lambda x: x.flatten(1), lambda z: z.unflatten(1, (3, 16, 16)), find, seed=0)
    rows = data.split_indices("train")
    known = reader.known[torch.from_numpy(rows[: len(labels[0])])] > 0
    assert len(asked) == len(reader.names) and set(asked) == {0} and reader.asked > 0
    assert torch.equal(torch.stack(labels, 1), known)
