"""Small sets of pictures for the tests of the data room, good ones and bad ones."""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from genarium.data.source import Item, Rendered


@dataclass
class FakeFiles:
    """Every file in a folder, in order of name; label i % 3; the first two thirds train, the rest validates."""

    folder: Path
    name: str = "fakes"
    classes: tuple[str, ...] = ("a", "b", "c")
    background: tuple[int, int, int] = (255, 255, 255)
    box: tuple[int, int, int, int] | None = None
    extra: dict[str, object] = field(default_factory=dict)

    def items(self) -> list[Item]:
        files = sorted(self.folder.iterdir())
        split = lambda index: "train" if index < 2 * len(files) / 3 else "val"
        return [Item(file.name, file, i % 3, split(i), self.box) for i, file in enumerate(files)]

    def settings(self) -> dict[str, object]:
        return self.extra

    def download(self) -> None:
        pass


@dataclass
class FakeDrawing:
    """`count` images; every pixel of image i is i, its left column i + 1; the first three quarters train."""

    count: int
    name: str = "drawn"
    classes: tuple[str, ...] = ()
    channels: int = 3

    def render(self, resolution: int) -> Rendered:
        rows = np.arange(self.count)
        shape = (self.count, self.channels, resolution, resolution)
        images = np.broadcast_to(rows.astype(np.uint8)[:, None, None, None], shape).copy()
        images[..., 0] += 1
        return Rendered(
            images, rows.astype(np.int64), (rows >= 0.75 * self.count).astype(np.int64), {"row": rows * 0.5}
        )

    def settings(self) -> dict[str, object]:
        return {"count": self.count, "drawn in": self.channels}

    def download(self) -> None:
        """Nothing to fetch."""


def noise(seed: int, width: int = 40, height: int = 30) -> Image.Image:
    """A color picture of smooth noise."""
    small = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def fill(folder: Path, count: int) -> FakeFiles:
    """A folder of `count` good JPEGs."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        noise(seed).save(folder / f"good_{seed:03d}.jpg", quality=95)
    return FakeFiles(folder)


def bad(folder: Path) -> dict[str, str]:
    """One file of every kind that cannot be used -> why it must be said to be left out."""
    picture = noise(7)
    frames = [noise(seed) for seed in range(3)]
    picture.save(folder / "cut.jpg")
    whole = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    picture.save(folder / "broken.png")
    damaged = bytearray((folder / "broken.png").read_bytes())
    damaged[60:90] = bytes(30)
    (folder / "broken.png").write_bytes(bytes(damaged))
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("no picture" * 100)
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    frames[0].save(folder / "moving.png", save_all=True, append_images=frames[1:])
    frames[0].save(folder / "moving.webp", save_all=True, append_images=frames[1:])
    Image.new("LAB", (9, 9), (50, 10, 10)).save(folder / "lab.tif")
    Image.fromarray(np.full((9, 9), 40_000, dtype=np.uint16)).save(folder / "deep_gray.png")
    (folder / "deep_color.png").write_bytes(png(9, 9, depth=16, channels=3))
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    Image.new("RGB", (50, 1)).save(folder / "line.png")
    (folder / "huge.png").write_bytes(png(40_000, 40_000, depth=8, channels=3, rows=0))
    (folder / "large.png").write_bytes(png(10_000, 10_000, depth=8, channels=3, rows=0))
    return {
        "broken.png": "corrupt",
        "cut.jpg": "truncated",
        "deep_color.png": "16 bits a channel",
        "deep_gray.png": "16 bits a channel",
        "dot.png": "1 x 1 pixels",
        "empty.jpg": "not an image",
        "huge.png": "huge",
        "large.png": "huge (100 megapixels)",
        "line.png": "50 x 1 pixels",
        "lab.tif": "LAB",
        "moving.gif": "animated",
        "moving.png": "animated",
        "moving.webp": "animated",
        "text.jpg": "not an image",
    }


def png(width: int, height: int, depth: int, channels: int, rows: int | None = None) -> bytes:
    """A PNG written by hand: PIL writes neither 16-bit color nor a header without its pixels."""
    line = b"\0" + bytes(range(100, 100 + channels)) * width * (depth // 8) if rows is None else b""
    data = zlib.compress(line * (height if rows is None else rows))
    kind = {1: 0, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", data), (b"IEND", b"")
    chunks = [struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
