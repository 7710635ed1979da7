"""Sheets of pictures under their names."""

import numpy as np
import pytest
from PIL import Image

from genarium.plots.grid import CAPTION, GAP, sheet


@pytest.mark.parametrize("name", ["a", "pink-yellow dahlia", "15: -0.9712"])
def test_a_name_never_runs_into_the_next_column(name):
    white = Image.new("RGB", (32, 32), "white")
    whole = np.asarray(sheet({name: white, "": white}, 2).convert("L"))
    column = whole.shape[1] // 2
    assert column >= 32 + GAP and whole.shape[0] == 32 + CAPTION
    assert whole[:, :column].min() < 128 and whole[:, column:].min() == 255
