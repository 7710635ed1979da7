"""Packing: the right pixels, once, whole or not at all."""

import dataclasses
import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from pictures import FakeDrawing, FakeFiles, bad, fill, noise
from PIL import Image

from genarium.data.images import Images
from genarium.data.packing import array, parallel_map
from genarium.data.packing.decode import Recipe, pixels
from genarium.data.packing.pack import pack
from genarium.data.packing.unreadable import Unreadable, check_unreadable
from genarium.errors import UserError
from genarium.files.build_once import build_once

WHITE = (255, 255, 255)
SLOW_PACKER = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from pictures import FakeFiles
from genarium.data.packing import array, pack
decode = array.pixels
def slowly(*arguments):
    time.sleep(float(sys.argv[4]))
    return decode(*arguments)
array.pixels = slowly
made = pack.pack(FakeFiles(Path(sys.argv[1])), 16, 3, "center", sys.argv[2], 0)
print(made.hash, len(made), flush=True)
"""


def packed(source, cache: Path, **changes):
    settings = {"resolution": 16, "channels": 3, "crop": "center", "cache": cache, "max_unreadable": 0} | changes
    return pack(source, **settings)


def packer(source: FakeFiles, cache: Path, delay: float) -> subprocess.Popen:
    """A process of its own that packs `source`, waiting `delay` seconds before each picture."""
    command = [
        sys.executable,
        "-c",
        SLOW_PACKER,
        str(source.folder),
        str(cache),
        str(Path(__file__).parent),
        str(delay),
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def sets(cache: Path) -> list[str]:
    """Names of the sets that would be taken for complete."""
    return sorted(path.name for path in cache.iterdir() if path.name not in ("index", "locks", "scratch"))


def until(condition, seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_packed_pixels_are_the_decoded_ones_in_order_with_labels_splits_and_names(tmp_path):
    source = fill(tmp_path / "set", 70)
    made = packed(source, tmp_path / "cache")
    again = np.load(tmp_path / "cache" / made.hash / "images.npy", mmap_mode="r")
    assert again.shape == (70, 3, 16, 16) and again.dtype == np.uint8
    for row, item in enumerate(source.items()):
        assert (again[row] == pixels(item.path, None, Recipe(16, 3, "center", WHITE))).all()
    assert made.labels.tolist() == [row % 3 for row in range(70)]
    assert made.names == [item.name for item in source.items()]
    assert len(made.indices("train")) == 47 and made.indices("val").tolist() == list(range(47, 70))
    record = json.loads((made.folder / "record.json").read_text())
    assert record["source"] == "fakes" and record["resolution"] == 16 and record["crop"] == "center"


def test_centre_crop_keeps_the_middle_square_and_squash_keeps_everything(tmp_path):
    stripes = np.zeros((20, 60, 3), dtype=np.uint8)
    stripes[:, :20], stripes[:, 20:40], stripes[:, 40:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    Image.fromarray(stripes).save(tmp_path / "stripes.png")
    middle = pixels(tmp_path / "stripes.png", None, Recipe(10, 3, "center", WHITE))
    assert middle[1, :, 2:-2].min() > 250 and middle[[0, 2], :, 2:-2].max() < 5
    whole = pixels(tmp_path / "stripes.png", None, Recipe(30, 3, "squash", WHITE))
    assert whole[:, 15, 3].tolist() == [255, 0, 0] and whole[:, 15, 26].tolist() == [0, 0, 255]
    boxed = pixels(tmp_path / "stripes.png", (42, 2, 58, 18), Recipe(10, 3, "center", WHITE))
    assert boxed[2, :, 2:-2].min() > 250 and boxed[:2, :, 2:-2].max() < 5


def test_large_jpegs_are_decoded_small_and_look_the_same(tmp_path):
    noise(3, 1200, 900).save(tmp_path / "large.jpg", quality=95)
    small = pixels(tmp_path / "large.jpg", (100, 50, 900, 850), Recipe(32, 3, "center", WHITE))
    exact = Image.open(tmp_path / "large.jpg").resize((32, 32), Image.Resampling.LANCZOS, box=(100, 50, 900, 850))
    assert np.abs(small.astype(int) - np.asarray(exact).transpose(2, 0, 1)).max() <= 3


def test_transparent_pixels_show_the_background_and_rotated_photographs_stand_upright(tmp_path):
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    clear.paste((0, 0, 255, 255), (0, 0, 8, 4))
    clear.save(tmp_path / "clear.png")
    clear.quantize(4).save(tmp_path / "palette.png")
    for file in ("clear.png", "palette.png"):
        over = pixels(tmp_path / file, None, Recipe(8, 3, "center", (10, 200, 30)))
        assert over[:, 6, 4].tolist() == [10, 200, 30] and over[:, 1, 4].tolist() == [0, 0, 255]
    half = Image.new("L", (16, 16), 0)
    half.paste(255, (0, 0, 16, 8))  # light above
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: what is stored above is on the right
    half.save(tmp_path / "turned.jpg", exif=exif)
    upright = pixels(tmp_path / "turned.jpg", None, Recipe(16, 1, "center", WHITE))
    assert upright.shape == (1, 16, 16)
    assert upright[0, :, 12].min() > 200 and upright[0, :, 3].max() < 50


def test_grey_is_luma_and_a_grey_picture_may_be_asked_for_in_color(tmp_path):
    Image.new("RGB", (8, 8), (200, 100, 50)).save(tmp_path / "flat.png")
    assert (
        pixels(tmp_path / "flat.png", None, Recipe(4, 1, "center", WHITE)).flatten()[0] == 124
    )  # 0.299 R + 0.587 G + …
    Image.new("L", (8, 8), 77).save(tmp_path / "gray.png")
    assert (pixels(tmp_path / "gray.png", None, Recipe(4, 3, "center", WHITE)) == 77).all()


def test_every_kind_of_bad_picture_is_left_out_counted_and_listed_with_its_reason(tmp_path, capsys):
    source = fill(tmp_path / "set", 5)
    reasons = bad(source.folder)
    (source.folder / "gone.jpg").symlink_to(tmp_path / "nowhere")
    reasons["gone.jpg"] = "cannot be read (No such file or directory)"
    made = packed(source, tmp_path / "cache", max_unreadable=len(reasons))
    assert made.skipped == reasons
    assert made.names == [f"good_{seed:03d}.jpg" for seed in range(5)]
    for row, name in enumerate(made.names):
        assert (made.images[row] == pixels(source.folder / name, None, Recipe(16, 3, "center", WHITE))).all()
    labels = {item.name: item.label for item in source.items()}
    assert made.labels.tolist() == [labels[name] for name in made.names]
    assert f"{len(reasons)} images left out" in capsys.readouterr().err


def test_more_bad_pictures_than_allowed_are_an_error_that_names_them_also_when_packed_before(tmp_path):
    source = fill(tmp_path / "set", 5)
    reasons = bad(source.folder)
    for _ in range(2):
        with pytest.raises(
            UserError, match=r"14 of 19 images of fakes .* 3 animated.*broken.png \(corrupt\).*max_unreadable=14"
        ):
            packed(source, tmp_path / "cache", max_unreadable=len(reasons) - 1)
        assert sets(tmp_path / "cache") == []
    packed(source, tmp_path / "cache", max_unreadable=len(reasons))
    with pytest.raises(UserError, match="cannot be used"):
        packed(source, tmp_path / "cache", max_unreadable=0)


@pytest.mark.parametrize(("total", "allowed"), [(400, 20), (26_000, 26), (1_000_000, 1000)])
def test_a_few_broken_files_of_many_need_no_word_of_the_user(total, allowed):
    broken = lambda count: {f"{number}.jpg": "truncated" for number in range(count)}
    check_unreadable("photographs", broken(allowed), total, None)
    with pytest.raises(UserError, match=rf"at most {allowed} may be") as caught:
        check_unreadable("photographs", broken(allowed + 1), total, None)
    check_unreadable("photographs", broken(allowed + 1), total, int(str(caught.value).rpartition("=")[2]))
    with pytest.raises(UserError, match="1 of"):
        check_unreadable("photographs", broken(1), total, 0)


def out_of_memory(files):
    raise MemoryError


def test_a_packing_process_without_memory_is_one_sentence():
    with pytest.raises(UserError, match="ran out of memory: free some"):
        list(parallel_map.parallel_map(out_of_memory, [1, 2], "packing", 1))


def test_a_place_that_cannot_be_looked_into_is_one_sentence(tmp_path):
    source = fill(tmp_path / "set", 2)

    def refuse():
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "private/jpg"))

    source.items = source.download = refuse
    with pytest.raises(UserError, match=r"private/jpg cannot be read \(permission denied\): run `chmod"):
        packed(source, tmp_path / "cache")
    with pytest.raises(UserError, match=r"private/jpg cannot be read"):
        Images(source, 8, 3, 1, "center", False, None, tmp_path / "cache", 0).download()


def test_a_set_without_a_single_usable_picture_is_an_error(tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(UserError, match="no images"):
        packed(FakeFiles(tmp_path / "none"), tmp_path / "cache")
    bad(tmp_path / "none")
    with pytest.raises(UserError, match="14 of 14"):
        packed(FakeFiles(tmp_path / "none"), tmp_path / "cache", max_unreadable=1000)


@pytest.mark.parametrize("wrong", [{"crop": "middle"}, {"channels": 2}, {"resolution": 0}])
def test_wrong_settings_are_named(tmp_path, wrong):
    with pytest.raises(UserError, match=f"data.{next(iter(wrong))}="):
        packed(fill(tmp_path / "set", 2), tmp_path / "cache", **wrong)


def test_the_name_is_the_content(tmp_path):
    source = fill(tmp_path / "set", 6)
    cache = tmp_path / "cache"
    first = packed(source, cache)
    source.folder.rename(tmp_path / "moved")
    moved = FakeFiles(tmp_path / "moved")
    assert packed(moved, cache).hash == first.hash
    others = [
        packed(moved, cache, resolution=8),
        packed(moved, cache, channels=1),
        packed(moved, cache, crop="squash"),
        packed(FakeFiles(moved.folder, background=(0, 0, 0)), cache),
        packed(FakeFiles(moved.folder, box=(0, 0, 9, 9)), cache),
        packed(FakeFiles(moved.folder, extra={"splits": "other"}), cache),
        packed(FakeFiles(moved.folder, classes=("x", "y", "z")), cache),
    ]
    assert len({first.hash, *(other.hash for other in others)}) == 8


def test_a_changed_file_is_noticed_even_if_its_size_and_its_time_stay(tmp_path):
    source = fill(tmp_path / "set", 6)
    file = source.folder / "good_002.jpg"
    first = packed(source, tmp_path / "cache")
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    before = file.stat()
    file.write_bytes(bytes(data))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert packed(source, tmp_path / "cache").hash != first.hash
    data[-20] ^= 1
    file.write_bytes(bytes(data))
    assert packed(source, tmp_path / "cache").hash == first.hash


def test_an_unchanged_set_is_not_read_again_and_a_touched_or_larger_one_is(tmp_path, monkeypatch):
    source = fill(tmp_path / "set", 6)
    first = packed(source, tmp_path / "cache")

    def refuse(*_):
        raise AssertionError("files are read again")

    monkeypatch.setattr("genarium.data.packing.array.parallel_map", refuse)
    assert packed(source, tmp_path / "cache").hash == first.hash
    os.utime(source.folder / "good_001.jpg", (1e9, 1e9))
    with pytest.raises(AssertionError, match="read again"):
        packed(source, tmp_path / "cache")
    monkeypatch.undo()
    assert packed(source, tmp_path / "cache").hash == first.hash
    noise(6).save(source.folder / "new.jpg")
    assert len(packed(source, tmp_path / "cache")) == 7


def test_what_is_packed_is_what_was_read_also_when_a_file_changes_meanwhile(tmp_path, monkeypatch):
    source = fill(tmp_path / "set", 3)
    write = array.write_images

    def late(*arguments):
        written = write(*arguments)
        noise(99).save(source.folder / "good_001.jpg")
        return written

    before = packed(source, tmp_path / "other").hash
    with monkeypatch.context() as patch:
        patch.setattr("genarium.data.packing.pack.write_images", late)
        assert packed(source, tmp_path / "cache").hash == before
    after = packed(source, tmp_path / "cache")
    assert after.hash != before
    assert (after.images[1] == pixels(source.folder / "good_001.jpg", None, Recipe(16, 3, "center", WHITE))).all()


def test_a_damaged_index_means_reading_again_and_nothing_else(tmp_path):
    source = fill(tmp_path / "set", 3)
    first = packed(source, tmp_path / "cache")
    (tmp_path / "cache" / "index" / "fakes.json").write_text('{"half')
    assert packed(source, tmp_path / "cache").hash == first.hash


def test_two_boxes_of_one_file_are_two_images(tmp_path):
    source = fill(tmp_path / "set", 1)
    [one] = source.items()
    source.items = lambda: [one, dataclasses.replace(one, name="second", box=(0, 0, 9, 9))]
    made = packed(source, tmp_path / "cache")
    assert made.names == ["good_000.jpg", "second"] and (made.images[0] != made.images[1]).any()


def test_two_processes_that_pack_at_once_make_one_set(tmp_path):
    source = fill(tmp_path / "set", 80)
    both = [packer(source, tmp_path / "cache", 0.01) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert said[0][0] == said[1][0] and said[0][0].split()[1] == "80"
    assert sum("another process is packing" in error for _, error in said) <= 1
    assert sets(tmp_path / "cache") == [said[0][0].split()[0]]


def test_a_killed_packer_leaves_nothing_that_counts_and_no_process_and_the_next_one_packs(tmp_path):
    source = fill(tmp_path / "set", 200)
    cache = tmp_path / "cache"
    process = packer(source, cache, 0.2)
    until(lambda: list((cache / "scratch").glob("*/images.npy")))
    until(lambda: len(children(process.pid)) >= min(parallel_map.cores(), 4))
    left = children(process.pid)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert sets(cache) == [] and list((cache / "scratch").iterdir())
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in left), 10)
    other = fill(tmp_path / "other", 3)
    packed(other, cache)
    assert not list((cache / "scratch").iterdir())
    assert len(packed(source, cache)) == 200


def children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    source = fill(tmp_path / "set", 5)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    for place in ("os.posix_fallocate", "genarium.data.packing.array.pixels", "numpy.savez"):
        with monkeypatch.context() as patch:
            patch.setattr(place, full)
            with pytest.raises(UserError, match=r"disk of .* is full"):
                packed(source, tmp_path / "cache")
        assert sets(tmp_path / "cache") == [] and not list((tmp_path / "cache" / "scratch").iterdir())
    assert len(packed(source, tmp_path / "cache")) == 5


def test_a_packing_process_that_the_system_kills_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("genarium.data.packing.array.pixels", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(UserError, match="packing process was killed"):
        packed(fill(tmp_path / "set", 3), tmp_path / "cache")
    assert sets(tmp_path / "cache") == []


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"file.* cannot be used .* data.cache"):
        packed(FakeDrawing(4), tmp_path / "file" / "cache")


def test_a_build_that_fails_is_undone_and_may_be_tried_again(tmp_path):
    def fail(folder: Path) -> str:
        (folder / "part").touch()
        raise ZeroDivisionError

    def succeed(folder: Path) -> str:
        (folder / "all").touch()
        return "x"

    with pytest.raises(ZeroDivisionError):
        build_once(tmp_path, "key", lambda: "x", fail, Path)
    assert sets(tmp_path) == [] and not list((tmp_path / "scratch").iterdir())
    assert build_once(tmp_path, "key", lambda: "x", succeed, Path) == tmp_path / "x"
    assert build_once(tmp_path, "key", lambda: "x", fail, Path) == tmp_path / "x"
    assert build_once(tmp_path, "another key", lambda: None, succeed, Path) == tmp_path / "x"
    assert [file.name for file in (tmp_path / "x").iterdir()] == ["all"]


def test_a_drawn_set_is_packed_with_its_factors_and_drawn_once(tmp_path, monkeypatch):
    made = packed(FakeDrawing(12), tmp_path / "cache")
    assert made.images[5, 0, 3].tolist() == [6] + [5] * 15
    assert made.factors["row"].tolist() == [0.5 * row for row in range(12)]
    monkeypatch.setattr(FakeDrawing, "render", lambda *_: 1 / 0)
    assert packed(FakeDrawing(12), tmp_path / "cache").hash == made.hash


def test_drawn_colors_become_grey_and_grey_becomes_color(tmp_path):
    assert packed(FakeDrawing(4), tmp_path / "cache", channels=1).images[3, :, 0, 1].tolist() == [3]
    assert packed(FakeDrawing(4, channels=1), tmp_path / "cache").images[3, :, 0, 1].tolist() == [3, 3, 3]


def test_a_split_that_is_empty_or_unknown_is_named(tmp_path):
    made = packed(FakeDrawing(4), tmp_path / "cache")
    with pytest.raises(UserError, match=r"'test'; it has train \(3\), val \(1\)"):
        made.indices("test")
    with pytest.raises(UserError, match="choose from train, val, test"):
        made.indices("valid")


def test_a_box_outside_of_the_picture_is_a_reason(tmp_path):
    noise(0).save(tmp_path / "a.png")
    with pytest.raises(Unreadable, match="box outside"):
        pixels(tmp_path / "a.png", (90, 90, 100, 100), Recipe(8, 3, "center", WHITE))


def test_flowers_are_packed_once_and_then_opened(tmp_path, real_data, monkeypatch):
    from genarium.data.sources.flowers import Flowers

    source = Flowers(root=real_data, splits="official", url="", checksums={})
    made = packed(source, tmp_path, resolution=64)
    assert made.images.shape == (8189, 3, 64, 64) and not made.skipped
    monkeypatch.setattr("genarium.data.packing.pack.write_images", lambda *_: pytest.fail("the set was packed again"))
    assert packed(source, tmp_path, resolution=64).hash == made.hash
