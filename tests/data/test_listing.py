"""Every file of a folder is used, or counted, or named; what cannot be listed is a sentence."""

import itertools
import os
import tempfile
from pathlib import Path

import pytest
from PIL import Image, features

from genarium.data.packing.pack import pack
from genarium.data.sources.folder import Folder
from genarium.data.sources.listing import image_names, listing, printable
from genarium.errors import UserError

WHITE = [255, 255, 255]


def folder(path):
    return Folder(path, "folders", WHITE, 0.1, 0.1)


def packed(source, cache, **changes):
    return pack(
        source, **({"resolution": 8, "channels": 3, "crop": "center", "cache": cache, "max_unreadable": 0} | changes)
    )


KINDS = {
    "JPG": "JPEG", "jpe": "JPEG", "jfif": "JPEG", "avif": "AVIF", "pgm": "PPM", "pbm": "PPM", "jp2": "JPEG2000",
    "j2k": "JPEG2000", "tga": "TGA", "ico": "ICO", "dib": "DIB", "pcx": "PCX", "qoi": "QOI", "sgi": "SGI", "dds": "DDS",
    "PnG": "PNG", "mpo": "MPO",
}  # fmt: skip


def test_whatever_pillow_opens_is_used_whatever_its_ending(tmp_path):
    for end, kind in KINDS.items():
        if kind != "AVIF" or features.check("avif"):
            mode = {"pgm": "L", "pbm": "1"}.get(end, "RGB")
            Image.new(mode, (32, 32), 200 if mode != "1" else 1).save(tmp_path / f"{end}.{end}", format=kind)
    Image.new("RGB", (8, 8)).save(tmp_path / "no_ending", format="JPEG")
    Image.new("RGB", (8, 8)).save(tmp_path / "photo.jpg_large", format="PNG")
    assert len(packed(folder(tmp_path), tmp_path / ".cache")) == len(list(tmp_path.iterdir())) - 1


def test_what_is_no_picture_is_counted_by_its_ending_and_told_with_what_to_do(tmp_path, capsys):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    for name in ("1.heic", "2.HEIC", "labels.csv", "read me", "b.png.part", "z.zip", ".hidden.heic", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"\0" * 40)
    source = folder(tmp_path)
    assert source.left_out == {".heic": 2, ".csv": 1, "": 1, ".part": 1, ".zip": 1}
    assert packed(source, tmp_path / ".cache").record["left_out"] == source.left_out
    said = " ".join(capsys.readouterr().err.split())
    assert "2 .heic" in said and "1 without ending" in said and "convert .heic to PNG or JPEG" in said


def test_a_folder_of_nothing_but_other_files_says_which(tmp_path):
    for name in ("1.heic", "2.heic", "x.txt"):
        (tmp_path / name).touch()
    with pytest.raises(UserError, match=r"no images .*\(2 \.heic, 1 \.txt\); convert \.heic to PNG or JPEG"):
        folder(tmp_path).items()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("set.zip", "is an archive: unpack it"),
        ("x.png", "is a file: set data.path to"),
        ("", "is empty"),
        ("a\0b", "is no folder"),
    ],
)
def test_a_path_that_is_no_folder_says_what_it_is(tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)
    if "." in name:
        (tmp_path / name).touch()
    with pytest.raises(UserError, match=said):
        folder(name).items()


def test_a_tilde_is_the_home_unless_a_folder_is_called_so(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert folder("~/pictures").path == tmp_path / "pictures"
    (tmp_path / "~").mkdir()
    assert str(folder("~").path) == "~"
    assert str(folder("~nobody-of-this-name/x").path) == "~nobody-of-this-name/x"


def test_links_are_followed_and_cycles_end_and_dead_ones_are_named(tmp_path):
    (tmp_path / "real").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "real" / "1.png")
    for name in ("a", "b"):
        (tmp_path / "set" / name).mkdir(parents=True)
        (tmp_path / "set" / name / "pictures").symlink_to(tmp_path / "real")
        (tmp_path / "set" / name / "up").symlink_to(tmp_path / "set")
    assert image_names(tmp_path / "set") == ["a/pictures/1.png", "b/pictures/1.png"]
    assert listing(tmp_path / "set").folders == ["a", "a/pictures", "b", "b/pictures"]
    (tmp_path / "set" / "owl").symlink_to(tmp_path / "gone")
    with pytest.raises(UserError, match=r"owl cannot be read .* a link to .*gone"):
        image_names(tmp_path / "set")
    (tmp_path / "set" / "owl").unlink()
    (tmp_path / "set" / "owl").symlink_to("owl")
    with pytest.raises(UserError, match="owl cannot be read"):
        image_names(tmp_path / "set")


def test_links_across_many_folders_do_not_hang(tmp_path):
    for name in "abcdefghijkl":
        (tmp_path / name).mkdir()
        for other in "abcdefghijkl":
            if other != name:
                (tmp_path / name / other).symlink_to(tmp_path / other)
    with pytest.raises(UserError, match="again and again"):
        image_names(tmp_path)


def told_as_nobody(path) -> str:
    """What a process without rights is told about a folder."""
    ends = os.pipe()
    if not os.fork():
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            said = str(folder(path).classes)
        except Exception as error:
            said = f"{type(error).__name__} {error}"
        os.write(ends[1], said.encode())
        os._exit(0)
    os.wait()
    return os.read(ends[0], 10_000).decode()


def test_a_folder_that_may_not_be_read_is_named_and_so_is_one_above_it(tmp_path):
    top = tmp_path / "set"
    for name in ("cat", "owl"):
        (top / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(top / name / "1.png")
    for place in itertools.takewhile(lambda place: place != Path(tempfile.gettempdir()), (top, *top.parents)):
        place.chmod(0o755)
    (top / "owl").chmod(0)
    assert (
        "UserError" in (said := told_as_nobody(top))
        and f"{top}/owl cannot be read (permission denied): run `chmod -R u+rX" in said
    )
    (top / "owl").chmod(0o755)
    tmp_path.chmod(0)
    assert "UserError" in (said := told_as_nobody(top)) and "cannot be read (permission denied)" in said
    tmp_path.chmod(0o755)


def test_names_of_any_bytes_and_length_are_packed_and_shown(tmp_path, capsys):
    top = os.fsencode(tmp_path / "set")
    for name in (b"caf\xe9", b"two\nlines", "新 加,卷".encode(), b"x" * 250):
        os.makedirs(os.path.join(top, name))  # noqa: PTH103, PTH118 — bytes
        path = os.path.join(top, name, b'\xff\xfe it\'s "1",' + b"y" * 200 + b".png")  # noqa: PTH118
        Image.new("RGB", (8, 8)).save(open(path, "wb"), "PNG")  # noqa: PTH123, SIM115
    open(os.path.join(top, b"x" * 250, b"bad\xff\n.png"), "wb").close()  # noqa: PTH118, PTH123
    made = packed(folder(tmp_path / "set"), tmp_path / "cache", max_unreadable=1)
    assert made.classes[0] == "caf\\xe9" and made.classes[1] == "two\\nlines" and len(made) == 4
    assert list(made.skipped) == [
        f"{'x' * 250}/bad\udcff\n.png"
    ] and "bad\\xff\\n.png" in capsys.readouterr().err.replace("\n", "")
    assert all(name.encode() for name in made.classes) and printable("a b") == "a b"
