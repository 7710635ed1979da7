"""Feature extractors: bytes in, features and class logits out, the same numbers at every batch size."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import torch
import torch_fidelity
from torch import Tensor, nn
from torch_fidelity.feature_extractor_clip import MODEL_METADATA as CLIP
from torch_fidelity.feature_extractor_clip import MODEL_URLS as CLIP_URLS
from torch_fidelity.feature_extractor_dinov2 import MODEL_METADATA as DINOV2
from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3
from torch_fidelity.utils import create_feature_extractor

from genarium.errors import UserError, nearest
from genarium.evaluation import efficientnet
from genarium.evaluation.weights import WeightFile, cache, locate, sha256
from genarium.networks.efficientnet_lite import FILES

INCEPTION = "inception-v3-compat"


class Features(NamedTuple):
    """Features of a batch of images, and class logits where the network classifies."""

    features: Tensor  # (B, F) float32
    logits: Tensor | None  # (B, K) float32; None where the network does not classify


class Extractor(Protocol):
    """Interface of a feature extractor."""

    name: str
    weights_hash: str  # SHA-256 of the weight file: part of the protocol

    @property
    def frechet_name(self) -> str:
        """Name of the Fréchet distance on these features."""
        ...

    def __call__(self, images: Tensor) -> Features:
        """Features of (B, C, H, W) uint8 images, C = 1 (repeated) or 3; UserError on anything else."""
        ...

    def settings(self) -> dict[str, object]:
        """Everything about the extractor that a number depends on, as plain values."""
        ...

    def to(self, device: torch.device) -> object:
        """Move the network."""
        ...


class _Known(NamedTuple):
    layer: str
    logits: str | None
    file: WeightFile | None  # None: the weights come with a package
    resize: str


_TF1 = "bilinear as in TensorFlow 1, no antialiasing, to "
_KNOWN = {
    INCEPTION: _Known(
        "2048",
        "logits_unbiased",
        WeightFile(URL_INCEPTION_V3.rsplit("/", 1)[1], URL_INCEPTION_V3, "6726825d"),
        _TF1 + "299 px",
    ),
    **{
        name: _Known("1280", "logits", None, f"bilinear, half-pixel centers, no antialiasing, to {size} px")
        for name, size in efficientnet.SIZES.items()
    },
    **{
        name: _Known(
            "dinov2",
            None,
            WeightFile(
                f"{model}_pretrain.pth", f"https://dl.fbaipublicfiles.com/dinov2/{model}/{model}_pretrain.pth", ""
            ),
            _TF1 + "224 px",
        )
        for name, model in DINOV2.items()
    },
    **{
        name: _Known(
            "clip",
            None,
            WeightFile(f"{name}-{known['hash']}.pt", CLIP_URLS[name], known["hash"]),
            _TF1 + "the network's resolution",
        )
        for name, known in CLIP.items()
    },
}


class TorchFidelityExtractor:
    """An extractor that is registered with torch-fidelity, run in float32 and a few images at a time."""

    def __init__(self, name: str, weights: str | None = None, device: str = "cpu") -> None:
        """`weights`: the weight file, where it does not lie in torch's cache. UserError where it cannot be had."""
        if name not in _KNOWN:
            raise UserError(f"there is no feature extractor {name}{nearest(name, _KNOWN)}")
        self.name, self._known, self._device = name, _KNOWN[name], torch.device(device)
        path, self.weights_hash = _weights(name, self._known.file, weights)
        layers = [layer for layer in (self._known.layer, self._known.logits) if layer]
        self._network = _create(name, layers, path)
        self._network.to(self._device).to(memory_format=torch.channels_last)

    @property
    def frechet_name(self) -> str:
        """The Fréchet distance's name on these features: `fid` on Inception's and on no other's."""
        return "fid/inception" if self.name == INCEPTION else f"fd/{self.name.replace('-', '_')}"

    def settings(self) -> dict[str, object]:
        return {
            "name": self.name,
            "weights_sha256": self.weights_hash,
            "layer": self._known.layer,
            "logits": self._known.logits,
            "resize": self._known.resize,
            "precision": "float32",
            "torch_fidelity": torch_fidelity.__version__,
        }

    def to(self, device: str | torch.device) -> "TorchFidelityExtractor":
        self._device = torch.device(device)
        self._network.to(self._device)
        return self

    @torch.inference_mode()
    def __call__(self, images: Tensor) -> Features:
        """(B, C, H, W) uint8 on any device -> features and logits on the extractor's device."""
        _check_bytes(images)
        # a CPU's cache and allocator favor a few images at a time: 4 are three times faster than 32
        chunk = 4 if self._device.type == "cpu" else 256
        with full_float32(self._device):
            parts = [self._network(part.to(self._device).expand(-1, 3, -1, -1)) for part in images.split(chunk)]
        layers = [torch.cat(layer).float() for layer in zip(*parts, strict=True)]
        return Features(layers[0], layers[1] if self._known.logits else None)


def _weights(name: str, file: WeightFile | None, given: str | None) -> tuple[str | None, str]:
    """Argument of torch-fidelity for the path of weights, and the file's SHA-256."""
    if file is None:
        if given:
            raise UserError(f"{name} brings its weights in its package; leave evaluation.extractor.weights out.")
        path = FILES[name]()
        return path, sha256(Path(path))
    if name in DINOV2 and given:
        raise UserError(f"{name} is loaded by torch.hub from {cache()}; put {file.name} there, and leave weights out.")
    path, found = locate(file, name, given)
    return (None if name in DINOV2 else str(path)), found


def _create(name: str, layers: list[str], path: str | None) -> nn.Module:
    settings = {"cuda": False, "verbose": False, "feature_extractor_weights_path": path}
    if name not in DINOV2:
        return create_feature_extractor(name, layers, **settings)
    try:
        return create_feature_extractor(name, layers, **settings)
    except (OSError, RuntimeError) as error:
        raise UserError(
            f"{name} needs, beside its weights, the code facebookresearch/dinov2 in {torch.hub.get_dir()}, which could "
            f"not be fetched ({error}); run once with a network, or use evaluation=offline."
        ) from error


def _check_bytes(images: Tensor) -> None:
    if images.dtype != torch.uint8:
        kind = str(images.dtype).removeprefix("torch.")
        raise UserError(f"feature extractors read uint8 images, not {kind}; convert [-1, 1] by to_uint8.")
    if images.ndim != 4 or images.shape[1] not in (1, 3) or not images.numel():
        raise UserError(f"feature extractors read (B, C, H, W) with C = 1 or 3 and B > 0, not {tuple(images.shape)}.")


@contextmanager
def full_float32(device: torch.device) -> Iterator[None]:
    """Full float32 inside the block: autocast and TF32 are off, since both change the numbers."""
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("highest")
        with torch.autocast(device.type, enabled=False), _cudnn_without_tf32():
            yield
    finally:
        torch.set_float32_matmul_precision(before)


def _cudnn_without_tf32() -> AbstractContextManager[None]:
    """cuDNN as it is set, but for TF32; what is not named here would be set to the default."""
    cudnn = torch.backends.cudnn
    return cudnn.flags(
        enabled=cudnn.enabled,
        benchmark=cudnn.benchmark,
        benchmark_limit=cudnn.benchmark_limit,
        deterministic=cudnn.deterministic,
        allow_tf32=False,
    )
