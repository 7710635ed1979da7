"""Feature extractors: what they take, whose weights they need, and that their numbers are torch-fidelity's."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
import torch_fidelity.fidelity
from PIL import Image
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

from genarium.errors import UserError
from genarium.evaluation import efficientnet, extractors, weights
from genarium.evaluation.extractors import TorchFidelityExtractor
from genarium.evaluation.weights import WeightFile, locate
from genarium.metrics.frechet import frechet_distance, statistics
from genarium.metrics.inception_score import inception_score
from genarium.metrics.kernel_distance import kernel_distance
from genarium.metrics.precision_recall import manifold
from genarium.networks.efficientnet_lite import FILES

COUNT = 100


def pictures(count: int, seed: int, blobs: int) -> torch.Tensor:
    """Grids of random colors, blurred: (count, 3, 32, 32) uint8."""
    generator = torch.Generator().manual_seed(seed)
    grid = torch.rand(count, 3, blobs, blobs, generator=generator)
    return (torch.nn.functional.interpolate(grid, 32, mode="bicubic") * 255).round().clamp(0, 255).byte()


@pytest.fixture(scope="module")
def extractor() -> TorchFidelityExtractor:
    return TorchFidelityExtractor("efficientnet-lite0")


@pytest.fixture
def their_command(monkeypatch, capsys):
    """torch-fidelity's `fidelity` command, with ours among its extractors; returns the numbers that it prints."""

    def call(*args: object) -> dict[str, float]:
        quiet = ["--cpu", "--json", "--silent", "--no-cache", "--save-cpu-ram"]
        monkeypatch.setattr("sys.argv", ["fidelity", *map(str, args), *quiet])
        torch_fidelity.fidelity.main()
        return json.loads(capsys.readouterr().out)

    return call


def test_distance_kernel_score_and_precision_equal_torch_fidelitys_command_on_png_folders(
    extractor, their_command, tmp_path
):
    sides = {"generated": pictures(COUNT, 0, 4), "real": pictures(COUNT, 1, 6)}
    for side, images in sides.items():
        (tmp_path / side).mkdir()
        for index, image in enumerate(images):
            Image.fromarray(image.permute(1, 2, 0).numpy()).save(tmp_path / side / f"{index:04d}.png")
    theirs = their_command(
        *("--input1", tmp_path / "generated", "--input2", tmp_path / "real"),
        *("--feature-extractor", "efficientnet-lite0", "--fid", "--kid", "--isc", "--prc"),
        *("--kid-subsets", 10, "--kid-subset-size", 50, "--isc-splits", 5, "--batch-size", 4),
    )
    made, real = extractor(sides["generated"]), extractor(sides["real"])
    both = {"generated": made.features, "real": real.features}
    ours = (
        frechet_distance(generated=statistics(made.features), real=statistics(real.features))
        | kernel_distance(**both, subsets=10, subset_size=50, seed=2020)
        | inception_score(logits=made.logits, splits=5, seed=2020)
        | manifold(**both, k=3, density_k=5)
    )
    names = {
        "frechet": "frechet_inception_distance",
        "kernel": "kernel_inception_distance_mean",
        "kernel_std": "kernel_inception_distance_std",
        "inception_score": "inception_score_mean",
        "inception_score_std": "inception_score_std",
        "precision": "precision",
        "recall": "recall",
    }
    assert {name: ours[name] for name in names} == pytest.approx(
        {name: theirs[their] for name, their in names.items()}, rel=1e-4
    )
    assert ours["precision"] not in (0, 1) or ours["recall"] not in (0, 1)


@pytest.mark.parametrize("name", efficientnet.SIZES)
def test_features_are_those_of_the_package_network(name):
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name(name).eval()
    network.load_state_dict(torch.load(FILES[name](), weights_only=True))
    images = pictures(2, 0, 4)
    with torch.inference_mode():
        side = EfficientNet.get_image_size(name)
        x = (torch.nn.functional.interpolate(images.float(), side, mode="bilinear") - 127) / 128
        expected = network(x)
    found = TorchFidelityExtractor(name)(images)
    assert found.features.shape == (2, 1280) and found.features.dtype == torch.float32
    torch.testing.assert_close(found.logits, expected, rtol=1e-4, atol=1e-4)


def test_the_network_knows_a_flower_from_a_dog(extractor, real_data):
    """ImageNet classes 151 to 268 are dog breeds: resizing and scaling are what the weights were trained with."""
    dogs = sorted((real_data / "dogs" / "Images").glob("*/*.jpg"))[::400]
    flowers = sorted((real_data / "flowers-102" / "jpg").glob("*.jpg"))[::600]

    def share_of_dogs(files: list[Path]) -> float:
        opened = [Image.open(file).convert("RGB").resize((160, 160)) for file in files]
        batch = torch.from_numpy(np.stack([np.asarray(image) for image in opened])).permute(0, 3, 1, 2)
        found = extractor(batch).logits.argmax(1)
        return ((found >= 151) & (found <= 268)).double().mean().item()

    assert share_of_dogs(dogs) > 0.85 and share_of_dogs(flowers) < 0.15


def test_features_do_not_depend_on_the_batch_size_and_the_images_stay(extractor):
    images = pictures(9, 2, 4)
    before = images.clone()
    whole = extractor(images)
    pieces = [extractor(part) for part in images.split(2)]
    torch.testing.assert_close(torch.cat([part.features for part in pieces]), whole.features, rtol=1e-4, atol=1e-5)
    assert torch.equal(images, before)


def test_grey_images_are_rgb_images_of_equal_channels(extractor):
    gray = pictures(2, 3, 4)[:, :1]
    torch.testing.assert_close(extractor(gray).features, extractor(gray.repeat(1, 3, 1, 1)).features)


def test_features_are_float32_whatever_the_training_chose(extractor):
    images = pictures(2, 0, 4)
    expected = extractor(images).features
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("medium")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = extractor(images).features
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)
    assert found.dtype == torch.float32 and torch.equal(found, expected)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (torch.zeros(2, 3, 8, 8), "float32"),
        (torch.zeros(2, 4, 8, 8, dtype=torch.uint8), "C = 1 or 3"),
        (torch.zeros(3, 8, 8, dtype=torch.uint8), "B, C, H, W"),
        (torch.zeros(0, 3, 8, 8, dtype=torch.uint8), "B > 0"),
    ],
)
def test_images_that_are_no_bytes_of_one_or_three_channels_are_an_error(extractor, bad, said):
    with pytest.raises(UserError, match=said):
        extractor(bad)


def test_only_inceptions_distance_is_called_fid(extractor):
    assert extractor.frechet_name == "fd/efficientnet_lite0"
    assert (
        extractor.weights_hash.startswith("57934424")
        and extractor.settings()["weights_sha256"] == extractor.weights_hash
    )


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """An empty cache of weights, and no way to fill it."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def refuse(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)
    return tmp_path / "hub" / "checkpoints"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("inception-v3-compat", "weights-inception-2015-12-05-6726825d.pth"),
        ("dinov2-vit-b-14", "dinov2_vitb14_pretrain.pth"),
        ("clip-vit-b-32", "clip-vit-b-32-40d365715913"),
    ],
)
def test_missing_weights_name_the_file_its_place_and_the_way_without(no_network, name, file):
    with pytest.raises(UserError) as caught:
        TorchFidelityExtractor(name)
    for said in (file, str(no_network), "evaluation=offline", "no network"):
        assert said in str(caught.value)
    assert ("evaluation.extractor.weights=FILE" in str(caught.value)) == (not name.startswith("dino"))


def test_a_file_that_is_not_the_published_one_is_refused_before_it_is_opened(no_network):
    no_network.mkdir(parents=True)
    (no_network / "weights-inception-2015-12-05-6726825d.pth").write_bytes(b"something else")
    with pytest.raises(UserError, match="is not the published weights-inception"):
        TorchFidelityExtractor("inception-v3-compat")
    with pytest.raises(UserError, match="is no file"):
        TorchFidelityExtractor("inception-v3-compat", weights=str(no_network / "elsewhere.pth"))


def test_a_weight_file_that_was_cut_is_fetched_anew(no_network, monkeypatch):
    whole = b"weights"
    file = WeightFile("some.pth", "https://example.org/some.pth", hashlib.sha256(whole).hexdigest()[:8])
    fetched = lambda url, path, *_, **__: Path(path).write_bytes(whole)
    monkeypatch.setattr(torch.hub, "download_url_to_file", fetched)
    no_network.mkdir(parents=True)
    for damage in (b"", whole[:3]):
        (no_network / file.name).write_bytes(damage)
        assert locate(file, "some", None)[0].read_bytes() == whole


def test_unknown_extractors_and_useless_weights_are_an_error():
    with pytest.raises(UserError, match="did you mean inception-v3-compat"):
        TorchFidelityExtractor("inception-v3")
    with pytest.raises(UserError, match="in its package"):
        TorchFidelityExtractor("efficientnet-lite0", weights="some.pth")


def test_inception_gives_the_features_and_logits_that_torch_fidelity_measures_with(tmp_path, monkeypatch):
    """With random weights in the published file's place: the wiring is the published network's."""
    monkeypatch.setattr(FeatureExtractorInceptionV3, "load_state_dict", lambda *_: None)
    monkeypatch.setattr("torch_fidelity.feature_extractor_inceptionv3.load_state_dict_from_url", lambda *_, **__: {})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = FeatureExtractorInceptionV3("inception-v3-compat", ["2048", "logits_unbiased"])
    monkeypatch.undo()
    file = tmp_path / "mine.pth"
    torch.save(theirs.state_dict(), file)
    known = extractors._KNOWN["inception-v3-compat"]
    ours = known.file._replace(sha256=weights.sha256(file))
    monkeypatch.setitem(extractors._KNOWN, "inception-v3-compat", known._replace(file=ours))
    extractor = TorchFidelityExtractor("inception-v3-compat", weights=str(file))
    images = pictures(2, 0, 4)
    found = extractor(images)
    assert extractor.frechet_name == "fid/inception" and extractor.weights_hash == weights.sha256(file)
    with torch.inference_mode():
        features, logits = theirs(images)
    torch.testing.assert_close(found.features, features, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(found.logits, logits, rtol=1e-3, atol=1e-4)
