"""Every kind of picture arrives with its own values: oracles are the values that were written."""

import io
import os

import numpy as np
import pytest
from pictures import noise, png
from PIL import Image

from genarium.data.packing.decode import Recipe, pixels
from genarium.data.packing.unreadable import Unreadable

WHITE = (255, 255, 255)


def decoded(image: Image.Image | bytes, channels: int = 3, white: float | None = None, **options) -> np.ndarray:
    """(8, 8, C) of a picture of 8 x 8, written as `options` say and read again."""
    file = io.BytesIO(image if isinstance(image, bytes) else b"")
    if isinstance(image, Image.Image):
        image.save(file, **options)
        file.seek(0)
    return pixels(file, None, Recipe(8, channels, "center", WHITE, white)).transpose(1, 2, 0)


def ramp(largest: int) -> np.ndarray:
    """(8, 8) from 0 to `largest`."""
    return np.linspace(0, largest, 64).reshape(8, 8)


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"})])
def test_sixteen_bits_of_grey_are_scaled_by_the_declared_white_and_refused_without(kind, options):
    values = ramp(4000).astype(np.uint16)
    image = Image.fromarray(values)
    with pytest.raises(Unreadable, match="16 bits a channel"):
        decoded(image, format=kind, **options)
    found = decoded(image, 1, 4095, format=kind, **options)
    assert np.abs(found[..., 0] - values * 255.0 / 4095).max() <= 0.5
    assert (decoded(image, 1, 1000, format=kind, **options)[values > 1000] == 255).all()  # no wrapping round


def test_sixteen_bits_of_color_keep_both_bytes():
    values = np.stack([ramp(1000), ramp(4095), ramp(40)], 2).astype(np.uint16)
    file = png_of(values)
    with pytest.raises(Unreadable, match="16 bits a channel"):
        decoded(file)
    assert np.abs(decoded(file, white=4095) - values * 255.0 / 4095).max() <= 0.5


def png_of(values: np.ndarray) -> bytes:
    """(8, 8, 3) uint16 as a PNG: the hand-written one with other pixels."""
    import zlib

    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in values)
    file = png(8, 8, depth=16, channels=3)
    start = file.index(b"IDAT") - 4
    data = zlib.compress(lines)
    chunk = len(data).to_bytes(4) + b"IDAT" + data + zlib.crc32(b"IDAT" + data).to_bytes(4)
    return file[:start] + chunk + file[file.index(b"IEND") - 4 :]


@pytest.mark.parametrize("largest", [1000, 4095, 65535])
def test_a_pgm_declares_its_own_white(largest):
    values = np.rint(ramp(largest)).astype(">u2")
    found = decoded(f"P5 8 8 {largest}\n".encode() + values.tobytes(), 1)
    assert np.abs(found[..., 0] - values * 255.0 / largest).max() <= 0.51


def test_floats_are_scaled_by_the_declared_white_and_must_be_numbers():
    values = ramp(1).astype(np.float32)
    assert np.abs(decoded(Image.fromarray(values), 1, 1.0, format="TIFF")[..., 0] - values * 255).max() <= 0.5
    with pytest.raises(Unreadable, match="32 bits a channel"):
        decoded(Image.fromarray(values), format="TIFF")
    values[0, 0] = np.nan
    with pytest.raises(Unreadable, match="not finite"):
        decoded(Image.fromarray(values), 1, 1.0, format="TIFF")


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_print_colors_are_the_light_that_the_inks_leave(kind):
    inks = (51, 102, 0, 51)  # of 255
    light = [(255 - ink) * (255 - 51) / 255 for ink in inks[:3]]
    options = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}  # Pillow writes JPEG as Adobe does, inverted
    found = decoded(Image.new("CMYK", (8, 8), inks), format=kind, **options)
    assert np.abs(found.reshape(-1, 3) - light).max() <= 2
    assert np.abs(decoded(Image.new("CMYK", (8, 8)), format=kind, **options) - 255.0).max() <= 1  # paper is white


def inks_profile() -> bytes:
    """An ICC profile of inks by which all cyan is the gray of L* = 50, and any other ink is black."""
    clut = b"".join(
        bytes([255 if not any(inks) else 128 if inks == (1, 0, 0, 0) else 0, 128, 128])
        for inks in np.ndindex(2, 2, 2, 2)
    )
    one, line = (1 << 16).to_bytes(4), bytes(range(256))
    matrix = b"".join(one if row == column else bytes(4) for row in range(3) for column in range(3))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix + 4 * line + clut + 3 * line
    white = b"XYZ " + bytes(4) + b"".join(round(value * 65536).to_bytes(4) for value in (0.9642, 1.0, 0.8249))
    tags, at, entries, body = {b"A2B0": table, b"wtpt": white}, 128 + 4 + 2 * 12, b"", b""
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        entries += name + (at + len(body)).to_bytes(4) + len(data).to_bytes(4)
        body += data
    whole = len(tags).to_bytes(4) + entries + body
    header = (128 + len(whole)).to_bytes(4) + bytes(4) + bytes([2, 64, 0, 0]) + b"prtrCMYKLab " + bytes(12) + b"acsp"
    return header + bytes(28) + white[8:] + bytes(128 - len(header) - 28 - 12) + whole


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_inks_look_as_their_profile_says(kind):
    for inks, gray in (((255, 0, 0, 0), 119), ((0, 0, 0, 0), 255), ((0, 0, 0, 255), 0)):  # L* = 50 is 119 in sRGB
        options = {"quality": 100} if kind == "JPEG" else {}
        found = decoded(Image.new("CMYK", (8, 8), inks), format=kind, icc_profile=inks_profile(), **options)
        assert np.abs(found - float(gray)).max() <= 3


def test_a_broken_color_profile_says_nothing_of_the_inks():
    found = decoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), format="JPEG", quality=100, icc_profile=b"no profile")
    assert np.abs(found.reshape(-1, 3) - [255.0, 0, 0]).max() <= 3


def test_the_first_page_is_the_picture_and_frames_are_none():
    page, thumbnail = Image.new("RGB", (8, 8), (200, 30, 30)), Image.new("RGB", (4, 4), (0, 0, 255))
    found = decoded(page, format="TIFF", save_all=True, append_images=[thumbnail])
    assert (found == [200, 30, 30]).all()
    for kind in ("GIF", "WEBP", "PNG"):
        with pytest.raises(Unreadable, match="animated"):
            decoded(page, format=kind, save_all=True, append_images=[Image.new("RGB", (8, 8))])


def test_black_white_and_clear_pixels_of_few_bits_stay_what_they_are():
    for end in ("PNG", "TIFF", "PPM"):
        assert (decoded(Image.new("1", (8, 8), 1), format=end) == 255).all()
        assert (decoded(Image.new("1", (8, 8), 0), format=end) == 0).all()
    clear = Image.new("P", (8, 8), 3)
    clear.putpalette([level for level in range(256) for _ in range(3)])
    assert (decoded(clear, format="GIF", transparency=3) == 255).all()
    assert (decoded(clear, format="PNG", transparency=3) == 255).all()


def test_a_jpeg_of_any_size_is_decoded_small_in_little_memory_and_a_png_bomb_is_not(tmp_path):
    file = tmp_path / "phone.jpg"
    picture = Image.new("RGB", (12032, 9024), (90, 120, 60))
    picture.save(file, quality=30)
    picture.close()
    found = pixels(file, None, Recipe(16, 3, "center", WHITE))
    assert np.abs(found.reshape(3, -1).T - [90.0, 120, 60]).max() <= 3
    whole = bytearray(file.read_bytes())  # what the header says is believed by whoever decodes at full size
    at = whole.index(b"\xff\xc0") + 5
    whole[at : at + 4] = (65500).to_bytes(2) * 2
    with pytest.raises(Unreadable):
        pixels(io.BytesIO(bytes(whole[: at + 40])), None, Recipe(16, 3, "center", WHITE))
    with pytest.raises(Unreadable, match="huge"):
        pixels(io.BytesIO(png(40_000, 40_000, depth=8, channels=3, rows=0)), None, Recipe(16, 3, "center", WHITE))


def test_a_pipe_a_device_and_a_folder_do_not_keep_anyone_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "zero.jpg").symlink_to("/dev/zero")
    (tmp_path / "folder.jpg").mkdir()
    for name in ("pipe.jpg", "zero.jpg", "folder.jpg"):
        with pytest.raises(Unreadable, match=r"no file|cannot be read"):
            pixels(tmp_path / name, None, Recipe(8, 3, "center", WHITE))


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0" + b"\xff" * 60, b"Exif\0\0II*\0\x08\0\0\0" + b"\xff\xff" * 30, b"Exif\0\0MM\0*", b""]
)
def test_a_broken_exif_block_says_nothing_of_the_pixels(exif):
    assert (
        np.abs(
            decoded(Image.new("RGB", (8, 8), (9, 99, 9)), format="JPEG", quality=100, exif=exif) - [9.0, 99, 9]
        ).max()
        <= 3
    )


def test_no_byte_that_is_changed_ends_in_another_error_than_the_reason(tmp_path):
    """Damage of every kind of file, at random but the same each time."""
    rng = np.random.default_rng(0)
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "PPM", "TGA", "ICO", "JPEG2000"):
        file = io.BytesIO()
        noise(1, 16, 16).save(file, kind)
        for _ in range(25):
            data = bytearray(file.getvalue())
            data[rng.integers(len(data))] = rng.integers(256)
            data = bytes(data[: rng.integers(1, len(data) + 1)]) if rng.random() < 0.3 else bytes(data)
            try:
                assert pixels(io.BytesIO(data), None, Recipe(8, 3, "center", WHITE, 255.0)).shape == (3, 8, 8)
            except Unreadable as reason:
                assert str(reason)
