"""Downloads, against a local server that serves small archives of the official layouts, sound and broken."""

import errno
import gzip
import hashlib
import http.server
import io
import shutil
import tarfile
import threading
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from genarium.data.download import archives, fetch
from genarium.data.sources.animals import ENGLISH, Animals
from genarium.data.sources.dogs import Dogs
from genarium.data.sources.flowers import Flowers
from genarium.data.sources.mnist import ARCHIVES, Mnist
from genarium.data.sources.pokemon import Pokemon
from genarium.errors import UserError


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.asked.append(self.path)
        super().do_GET()


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder that is served, with its address as `.url` and the paths asked for as `.asked`."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    folder = tmp_path / "site"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    server.asked, server.folder = [], folder
    server.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.02))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def jpeg() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(data, "JPEG")
    return data.getvalue()


def mat(**variables) -> bytes:
    data = io.BytesIO()
    savemat(data, variables)
    return data.getvalue()


def tar(path: Path, files: dict[str, bytes], mode: str = "w", extra: tuple[tarfile.TarInfo, ...] = ()) -> None:
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for member in extra:
            archive.addfile(member)


def special(kind: bytes, target: str = "", name: str = "jpg/odd") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def md5(path: Path) -> str:
    return f"md5:{hashlib.md5(path.read_bytes()).hexdigest()}"


def everything(folder: Path) -> set[str]:
    """Paths below a folder, but for the lock that downloads share."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name != ".download.lock"}


# --- the official sets ----------------------------------------------------------------------------------------------


@pytest.fixture
def flowers(site, tmp_path):
    """A made Oxford 102 on the site, and a function that makes the source that fetches it."""
    images = {f"jpg/image_{number:05d}.jpg": jpeg() for number in range(1, 5)}
    tar(site.folder / "102flowers.tgz", images, "w:gz")
    (site.folder / "imagelabels.mat").write_bytes(mat(labels=[[1, 1, 2, 2]]))
    (site.folder / "setid.mat").write_bytes(mat(trnid=[[1]], valid=[[2]], tstid=[[3, 4]]))
    names = {"images": "102flowers.tgz", "labels": "imagelabels.mat", "lists": "setid.mat"}

    def source(**checksums):
        found = {part: md5(site.folder / name) for part, name in names.items()}
        return Flowers(tmp_path / "data", "official", site.url, found | checksums)

    source.place = tmp_path / "data" / "flowers-102"
    return source


def test_flowers_are_fetched_once(site, flowers):
    flowers().download()
    assert [item.split for item in flowers().items()] == ["train", "val", "test", "test"]
    assert set(site.asked) == {"/102flowers.tgz", "/imagelabels.mat", "/setid.mat"}
    assert not any("incoming" in path for path in everything(flowers.place))
    site.asked.clear()
    flowers().download()
    assert site.asked == []


def test_a_wrong_checksum_names_the_file_both_sums_and_the_remedy_and_leaves_nothing(site, flowers):
    wrong = "md5:" + "0" * 32
    found = md5(site.folder / "102flowers.tgz")[4:]
    said = rf"102flowers\.tgz has the md5 checksum {found} where {wrong[4:]} is expected: .* put it at"
    with pytest.raises(UserError, match=said):
        flowers(images=wrong).download()
    assert not {"102flowers.tgz", "jpg"} & everything(flowers.place)
    flowers().download()  # the right sum, afterwards, fetches it


def test_a_file_brought_by_hand_is_checked_and_used(site, flowers):
    flowers.place.mkdir(parents=True)
    shutil.copy(site.folder / "102flowers.tgz", flowers.place)
    flowers().download()
    assert "/102flowers.tgz" not in site.asked
    shutil.rmtree(flowers.place / "jpg")
    (flowers.place / "102flowers.tgz").write_bytes(b"something else")
    with pytest.raises(UserError, match=r"102flowers\.tgz has the md5 checksum .* delete .*102flowers\.tgz and run"):
        flowers().download()


def test_a_truncated_archive_is_refused_by_its_checksum_and_without_one_by_its_content(site, flowers, caplog):
    archive = site.folder / "102flowers.tgz"
    whole, data = md5(archive), archive.read_bytes()
    archive.write_bytes(data[: len(data) // 2])
    with pytest.raises(UserError, match="was cut short or changed"):
        flowers(images=whole).download()
    with pytest.raises(UserError, match=r"102flowers\.tgz is no whole archive .* fetch the official one again"):
        flowers(images=None).download()
    assert "has no checksum in the configuration" in caplog.text
    assert "jpg" not in everything(flowers.place)


def test_a_file_that_the_server_lacks_says_404_and_where_to_put_it(site, flowers):
    source = flowers()
    (site.folder / "setid.mat").unlink()
    place = flowers.place / "setid.mat"
    with pytest.raises(UserError, match=rf"setid\.mat answers 404 .* by hand and put it at {place}"):
        source.download()


def test_a_server_that_cannot_be_reached_is_one_sentence(site, flowers):
    source = flowers()
    source.url = "http://127.0.0.1:9/"
    with pytest.raises(UserError, match=r"cannot be reached \(.*refused\); try again later, or fetch it by hand"):
        source.download()


def test_dogs_come_in_three_archives_and_boxes_only_when_asked(site, tmp_path):
    names = [f"n02085620-Chihuahua/n02085620_{number}" for number in range(4)]
    box = b"<a><object><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></a>"
    cells = [np.array([f"{name}.jpg" for name in part], dtype=object)[:, None] for part in (names[:3], names[3:])]
    tar(site.folder / "images.tar", {f"Images/{name}.jpg": jpeg() for name in names})
    tar(site.folder / "annotation.tar", {f"Annotation/{name}": box for name in names})
    lists = {f"{part}_list.mat": mat(file_list=files) for part, files in zip(("train", "test"), cells, strict=True)}
    tar(site.folder / "lists.tar", lists)
    sums = {"images": "images.tar", "lists": "lists.tar", "boxes": "annotation.tar"}
    sums = {part: md5(site.folder / name) for part, name in sums.items()}
    plain, boxed = (Dogs(tmp_path / "data", crop, 0.0, 0.0, site.url, sums) for crop in (False, True))
    plain.download()
    assert [item.split for item in plain.items()] == ["train"] * 3 + ["test"]
    assert "/annotation.tar" not in site.asked
    site.asked.clear()
    boxed.download()
    assert {item.box for item in boxed.items()} == {(1, 1, 3, 4)} and set(site.asked) == {"/annotation.tar"}


def test_dogs_that_are_there_without_lists_are_left_as_they_are(site, tmp_path):
    (tmp_path / "data" / "dogs" / "Images" / "n02085620-Chihuahua").mkdir(parents=True)
    (tmp_path / "data" / "dogs" / "Images" / "n02085620-Chihuahua" / "1.jpg").write_bytes(jpeg())
    source = Dogs(tmp_path / "data", False, 0.0, 0.0, site.url, {})
    source.download()
    assert site.asked == [] and len(source.items()) == 1


def test_digits_are_fetched_and_checked(site, tmp_path):
    for part, count in {"train": 5, "test": 2}.items():
        for kind, shape in {"images": (count, 28, 28), "labels": (count,)}.items():
            header = b"\0\0\x08" + bytes([len(shape)]) + np.array(shape, ">u4").tobytes()
            data = gzip.compress(header + bytes(int(np.prod(shape))))
            (site.folder / ARCHIVES[f"{part}_{kind}"]).write_bytes(data)
    sums = {part: md5(site.folder / name) for part, name in ARCHIVES.items()}
    source = Mnist(tmp_path / "data", 1, site.url, sums)
    source.download()
    assert source.render(28).splits.tolist() == [0, 0, 0, 0, 1, 2, 2]
    site.asked.clear()
    source.download()
    assert site.asked == []


# --- archives that are not to be trusted ----------------------------------------------------------------------------

GOOD = {"jpg/image_00001.jpg": b"picture"}


@pytest.mark.parametrize("name", ["../x", "jpg/../../x", "/tmp/genarium_x", "..\\x", "C:\\x", "jpg/../jpg/x"])
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_member_that_leads_out_is_refused_and_nothing_is_left(tmp_path, kind, name):
    archive, inside = tmp_path / f"bad.{kind}", tmp_path / "out" / "in"
    inside.mkdir(parents=True)
    if kind == "tar":
        tar(archive, GOOD | {name: b"evil"})
    else:
        with zipfile.ZipFile(archive, "w") as file:
            for member, data in (GOOD | {name: b"evil"}).items():
                file.writestr(member, data)
    with pytest.raises(UserError) as error:
        fetch.unpack(archive, inside)
    assert str(archive) in str(error.value) and repr(name) in str(error.value) and "leads out" in str(error.value)
    assert everything(tmp_path / "out") == {"in"}


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (special(tarfile.SYMTYPE, "/etc/passwd"), "is a link"),
        (special(tarfile.SYMTYPE, "../../x"), "is a link"),
        (special(tarfile.LNKTYPE, "../x"), "is a link"),
        (special(tarfile.FIFOTYPE), "is a device or pipe"),
        (special(tarfile.CHRTYPE), "is a device or pipe"),
    ],
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path, member, said):
    (tmp_path / "in").mkdir()
    tar(tmp_path / "bad.tar", GOOD, extra=(member,))
    with pytest.raises(UserError, match=rf"bad\.tar is refused: its member 'jpg/odd' {said}"):
        fetch.unpack(tmp_path / "bad.tar", tmp_path / "in")
    assert everything(tmp_path / "in") == set()


def test_a_link_in_a_zip_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    link = zipfile.ZipInfo("raw-img/odd")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as file:
        file.writestr("raw-img/cane/1.jpg", b"picture")
        file.writestr(link, "/etc/passwd")
    with pytest.raises(UserError, match="'raw-img/odd' is a link"):
        fetch.unpack(tmp_path / "bad.zip", tmp_path / "in")
    assert everything(tmp_path / "in") == set()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_a_sound_archive_is_unpacked_as_a_whole(tmp_path, mode):
    (tmp_path / "in").mkdir()
    tar(tmp_path / "good", GOOD | {"setid.mat": b"lists"}, mode)
    fetch.unpack(tmp_path / "good", tmp_path / "in")
    assert everything(tmp_path / "in") == {"jpg", "jpg/image_00001.jpg", "setid.mat"}
    with pytest.raises(UserError, match="jpg is in the way"):
        fetch.unpack(tmp_path / "good", tmp_path / "in")


@pytest.mark.parametrize("data", [b"", b"<html>sorry</html>", gzip.compress(b"no tar")], ids=["none", "page", "gzip"])
def test_what_is_no_archive_is_named(tmp_path, data):
    (tmp_path / "in").mkdir()
    (tmp_path / "odd.tgz").write_bytes(data)
    with pytest.raises(UserError, match=r"odd\.tgz is no whole archive"):
        fetch.unpack(tmp_path / "odd.tgz", tmp_path / "in")


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_compressed_archive_with_a_damaged_middle_leaves_nothing(tmp_path, mode):
    (tmp_path / "in").mkdir()
    noise = np.random.default_rng(0).bytes(40_000)  # does not compress: the damage lies in the picture's bytes
    tar(tmp_path / "odd", {"jpg/1.jpg": noise, "jpg/2.jpg": noise[::-1]}, mode)
    data = bytearray((tmp_path / "odd").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "odd").write_bytes(data)
    with pytest.raises(UserError, match="odd is no whole archive"):
        fetch.unpack(tmp_path / "odd", tmp_path / "in")
    assert everything(tmp_path / "in") == set()


def test_a_zip_with_a_damaged_member_leaves_nothing(tmp_path):
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as file:
        file.writestr("raw-img/1.jpg", b"first picture")
        file.writestr("raw-img/2.jpg", b"second picture")
    data = (tmp_path / "bad.zip").read_bytes().replace(b"second picture", b"second pictvre")
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(UserError, match=r"bad\.zip is no whole archive .*2\.jpg"):
        fetch.unpack(tmp_path / "bad.zip", tmp_path / "in")
    assert everything(tmp_path / "in") == set()


# --- the disk -------------------------------------------------------------------------------------------------------


def full(*args, **options):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_one_sentence_wherever_it_fills_and_leaves_nothing(flowers, monkeypatch):
    said = r"the disk of .*flowers-102 is full: free some space or set data\.root to another disk"
    with monkeypatch.context() as patch:
        patch.setattr("torchvision.datasets.utils.download_url", full)
        with pytest.raises(UserError, match=said):
            flowers().download()
    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extractall", full)
        with pytest.raises(UserError, match=said):
            flowers().download()
    assert everything(flowers.place) == {"102flowers.tgz", "imagelabels.mat", "setid.mat"}
    flowers().download()


def test_an_archive_larger_than_the_disk_is_refused_before_it_is_unpacked(flowers, monkeypatch):
    usage = type("Usage", (), {"free": 100})
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda folder: usage)
    monkeypatch.setattr(tarfile.TarFile, "extractall", lambda *args, **options: pytest.fail("unpacked"))
    with pytest.raises(UserError, match=r"the disk of .* is full"):
        flowers().download()


def test_a_root_that_is_a_file_is_one_sentence(flowers):
    flowers.place.parent.write_text("a file")
    with pytest.raises(UserError, match=r"cannot be written .*: set data\.root to a folder of yours"):
        flowers().download()


@pytest.mark.parametrize("checksum", ["0" * 32, "crc32:1234", "md5:"])
def test_a_checksum_of_unknown_kind_is_an_error(flowers, checksum):
    with pytest.raises(UserError, match=r"should read md5:… or sha256:…; mend data\.checksums"):
        flowers(labels=checksum).download()


# --- kaggle ---------------------------------------------------------------------------------------------------------


def kaggle(files: dict[str, bytes], elsewhere: Path | None = None):
    """A stand-in for kagglehub.dataset_download that writes the files, as Kaggle's archive would leave them."""

    def download(handle, *, output_dir):
        kaggle.asked.append(handle)
        place = elsewhere or Path(output_dir)
        for name, data in (files | {".complete/bundle.complete": b""}).items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
        return str(place)

    kaggle.asked = []
    return download


@pytest.mark.parametrize("notebook", [False, True])
def test_animals_come_from_kaggle(tmp_path, monkeypatch, notebook):
    files = {f"raw-img/{animal}/1.jpeg": jpeg() for animal in ENGLISH} | {"translate.py": b""}
    lent = tmp_path / "kaggle" / "input" if notebook else None  # Kaggle's notebooks ignore output_dir
    monkeypatch.setattr("kagglehub.dataset_download", kaggle(files, lent))
    source = Animals(tmp_path / "data", 0.1, 0.1, "alessiocorrado99/animals10")
    source.download()
    source.download()
    assert kaggle.asked == ["alessiocorrado99/animals10"]
    assert [source.classes[item.label] for item in source.items()] == list(ENGLISH.values())
    assert {path.name for path in source.folder.iterdir()} == {"raw-img", "translate.py", ".download.lock"}


def test_pokemon_come_from_kaggle(tmp_path, monkeypatch):
    files = {"pokemon/pokemon/1.png": b"", "pokemon_jpg/pokemon_jpg/1.jpg": b""}
    monkeypatch.setattr("kagglehub.dataset_download", kaggle(files))
    source = Pokemon(tmp_path / "data", "jpg", (0, 0, 0), 0.1, 0.1, "kvpratama/pokemon-images-dataset")
    source.download()
    assert [item.path.name for item in source.items()] == ["1.jpg"]


def test_kaggle_without_network_or_login_says_what_to_do_by_hand(tmp_path, monkeypatch):
    def offline(handle, *, output_dir):
        (Path(output_dir) / "half").write_bytes(b"")
        raise RuntimeError("User is not authenticated\nand more")

    monkeypatch.setattr("kagglehub.dataset_download", offline)
    source = Animals(tmp_path / "data", 0.1, 0.1, "alessiocorrado99/animals10")
    said = (
        r"could not fetch alessiocorrado99/animals10 \(User is not authenticated and more\); log in .*"
        rf"https://www\.kaggle\.com/datasets/alessiocorrado99/animals10 by hand and unpack it in {source.folder}$"
    )
    with pytest.raises(UserError, match=said):
        source.download()
    assert everything(source.folder) == set()
    monkeypatch.setattr("kagglehub.dataset_download", full)
    with pytest.raises(UserError, match=r"the disk of .* is full"):
        source.download()


def test_a_kaggle_set_of_another_layout_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("kagglehub.dataset_download", kaggle({"raw-img/cane/1.jpeg": jpeg()}))
    with pytest.raises(UserError, match="cavallo is missing"):
        Animals(tmp_path / "data", 0.1, 0.1, "alessiocorrado99/animals10").download()
