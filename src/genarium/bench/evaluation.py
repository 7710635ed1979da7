"""Evaluation against the extractor's bare forward, and against torch-fidelity on PNG folders."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch_fidelity
from omegaconf import OmegaConf
from torchvision.io import write_png

from genarium.bench import Row
from genarium.config.conf_groups import conf_dir
from genarium.config.containers import as_dict
from genarium.evaluation.extractors import TorchFidelityExtractor
from genarium.evaluation.features import FeatureSet, of_generated
from genarium.evaluation.image_bytes import to_uint8
from genarium.evaluation.mode_classifier import ModeClassifier
from genarium.evaluation.samples import measures, tee
from genarium.metrics.memorization import memorization
from genarium.metrics.mode_coverage import mode_coverage_of_labels

NAME = "efficientnet-lite0"
COUNT, FEW, ROUNDS = 2000, 400, 2
SUBSET = FEW // 2  # what the evaluation takes where there are no more images than KID's subset_size
SIDE, MODES = 64, 10
METRICS = as_dict(OmegaConf.load(conf_dir() / "evaluation" / "default.yaml").metrics)


def rows() -> list[Row]:
    """Both rows; about three minutes on two cores."""
    torch.manual_seed(0)
    extractor = TorchFidelityExtractor(NAME)
    sides = [torch.rand(COUNT, 3, SIDE, SIDE) * 2 - 1 for _ in range(2)]
    real = extractor(to_uint8(sides[1])).features
    extractor(to_uint8(sides[0][:16]))
    few = [side[:FEW] for side in sides]
    return [one_pass(extractor, sides[0], real), against_torch_fidelity(extractor, few, real[:FEW])]


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def everything(extractor: TorchFidelityExtractor, made: torch.Tensor, real: torch.Tensor) -> None:
    """Every number of samples, modes among them; real features and the modes' classifier, untrained, at hand."""
    judge, told = ModeClassifier((MODES,), 3, SIDE, METRICS["modes"]["width"]), []
    found = of_generated(tee(made.split(100), lambda images: told.append(judge(images))), extractor)
    train, heldout = (FeatureSet(features, None, None, ()) for features in (real, real[::2]))
    for one in measures(found, train, METRICS, seed=0):
        one.find()
    memorization(generated=found.features, train=train.features, heldout=heldout.features)
    mode_coverage_of_labels(torch.cat(told), MODES)


def one_pass(extractor: TorchFidelityExtractor, made: torch.Tensor, real: torch.Tensor) -> Row:
    """All numbers of one pass over the time of the extractor's forward alone."""
    pixels, ours, bare = to_uint8(made), [], []
    for _ in range(ROUNDS):
        bare.append(seconds(lambda: extractor(pixels)))
        ours.append(seconds(lambda: everything(extractor, made, real)))
    whole, forward = statistics.median(ours), statistics.median(bare)
    note = f"{whole:.1f} s against {forward:.1f} s for {COUNT} images, median of {ROUNDS}"
    return Row("all numbers of samples : bare forward, time", whole / forward, "<= 1.1", "x", note)


def against_torch_fidelity(extractor: TorchFidelityExtractor, sides: list, real: torch.Tensor) -> Row:
    """With cached reals, over torch-fidelity's FID, KID, IS and PRC from PNG folders, with the same extractor."""
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / side for side in ("made", "real")]
        for folder, images in zip(folders, sides, strict=True):
            folder.mkdir()
            for number, image in enumerate(to_uint8(images)):
                write_png(image, str(folder / f"{number}.png"))
        ours, theirs = [], []
        for _ in range(2):
            theirs.append(seconds(lambda: fidelity(*map(str, folders))))
            ours.append(seconds(lambda: everything(extractor, sides[0], real)))
    whole, other = statistics.median(ours), statistics.median(theirs)
    note = f"{whole:.1f} s against {other:.1f} s for {FEW} images a side, reals cached"
    return Row("full evaluation : torch-fidelity from PNGs, time", whole / other, "< 0.5", "x", note)


def fidelity(made: str, real: str) -> dict:
    return torch_fidelity.calculate_metrics(
        input1=made, input2=real, fid=True, kid=True, isc=True, prc=True, kid_subset_size=SUBSET, cuda=False,
        feature_extractor=NAME, feature_layer_fid="1280", feature_layer_kid="1280", feature_layer_prc="1280",
        feature_layer_isc="logits", cache=False, verbose=False,
    )  # fmt: skip
