"""Made-up runs, written as a training writes them."""

import base64
import json
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from omegaconf import OmegaConf
from PIL import Image

from genarium.reports.table import Table
from genarium.runs.run import Run

PROTOCOLS = {
    "a1b2c3": {
        "data": {"name": "garden", "split": "test"},
        "reals": 2000,
        "extractor": "efficientnet_lite0",
        "seed": 1,
    },
    "d4e5f6": {"data": {"name": "garden", "split": "test"}, "reals": 500, "extractor": "efficientnet_lite0", "seed": 1},
}


def write_run(
    folder: Path,
    config: Mapping[str, Any] | None = None,
    result: Mapping[str, Any] | None = None,
    series: Mapping[str, Sequence[float]] | None = None,
    every: int = 1000,
) -> Run:
    """A run whose `series` were logged every `every` images."""
    folder.mkdir(parents=True)
    run = Run(folder)
    run.config.write_text(OmegaConf.to_yaml(OmegaConf.create(dict(config or {}))))
    if result is not None:
        run.update_result(**result)
    for step in range(max(map(len, (series or {}).values()), default=0)):
        run.append((step + 1) * every, {name: values[step] for name, values in series.items() if step < len(values)})
    return run


def finished(name: str, model: str, images: int = 20_000, protocol: str = "a1b2c3", fd: float = 12.5) -> dict[str, Any]:
    """The result.json of a run that ended well."""
    return {
        "status": "finished",
        "error": None,
        "name": name,
        "group": "made-up",
        "model": model,
        "data": "garden",
        "seed": 0,
        "images": images,
        "images_seen": images,
        "seconds": 75.0,
        "images_per_second": images / 75,
        "peak_memory": {"resident_bytes": 1_200_000_000, "device_bytes": 0},
        "parameters": {model: 123_456},
        "device": "AMD EPYC, 2 cores",
        "precision": "bf16-mixed",
        "git": {"commit": "0123456789abcdef", "dirty": True},
        "versions": {"torch": "2.15.0", "genarium": "0.1.0"},
        "numbers": {"fd/efficientnet_lite0/2k_train": {"value": fd, "images": images, "protocol": protocol}},
        "protocols": {protocol: PROTOCOLS[protocol]},
    }


def values(table: Table) -> dict[str, dict[str, object]]:
    """Column -> run -> value."""
    columns = {column.name: [cell.value for cell in column.cells] for column in table.columns}
    return {name: dict(zip(table.labels, cells, strict=True)) for name, cells in columns.items()}


def data_of(text: str) -> dict[str, Any]:
    """The data that a page's program reads."""
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def column_of(text: str, name: str) -> list[Any]:
    """Values of a page's column, one per run."""
    data = data_of(text)
    column = next(one for one in data["columns"] if one["name"] == name)
    return column["values"] if "values" in column else [column["same"]] * len(data["runs"])


def unpacked(sizes: dict[str, Any], text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grids, positions and values of a page's curves, read without the packing's own code."""
    raw = zlib.decompress(base64.b64decode(text))
    counts = [(sum(sizes["grids"]), "<f8"), (sizes["positions"], "<u4"), (sizes["values"], "<f4")]
    found, start = [], 0
    for count, kind in counts:
        width = np.dtype(kind).itemsize
        planes = np.frombuffer(raw[start : start + count * width], np.uint8).reshape(width, count)
        found.append(np.frombuffer(planes.T.copy().tobytes(), kind))
        start += count * width
    assert start == len(raw)
    return found[0], found[1], found[2]


def falling(start: float, stop: float, steps: int = 20) -> list[float]:
    """A loss that falls from `start` towards `stop`."""
    return [stop + (start - stop) * math.exp(-step / 4) for step in range(steps)]


def draw(run: Run, kind: str, times: Sequence[int], cells: int = 4, resolution: int = 32) -> None:
    """One picture of `cells` x `cells` images per time; the image of a time differs from every other's."""
    side = cells * resolution
    grid = np.mgrid[0:side, 0:side] % resolution / resolution - 0.5
    for time in times:
        colors = np.random.default_rng(time).integers(60, 255, (cells, cells, 3))
        pixels = np.kron(colors, np.ones((resolution, resolution, 1)))
        radius = 0.2 + 0.15 * np.sin(6 * np.arctan2(grid[0], grid[1])) + time % 7 / 100
        pixels[np.hypot(*grid) > radius] = 235
        file = run.picture(kind, time)
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(file)
