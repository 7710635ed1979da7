"""LPIPS, where the weights of its network are at hand; nothing is downloaded."""

import hashlib
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

from genarium.errors import UserError
from genarium.metrics.checks import check_images


class Backbone(NamedTuple):
    """torchvision's weight file of a network, how its SHA-256 begins, and the smallest images that it takes."""

    file: str
    sha256: str
    least: int  # pixels


BACKBONES = {
    "alex": Backbone("alexnet-owt-7be5be79.pth", "7be5be79", 31),
    "vgg": Backbone("vgg16-397923af.pth", "397923af", 16),
    "squeeze": Backbone("squeezenet1_1-b8a52dc0.pth", "b8a52dc0", 17),
}
ADDRESS = "https://download.pytorch.org/models/"


class LpipsUnavailable(UserError):
    """LPIPS cannot be measured here."""


class Lpips:
    """Learned perceptual distance (Zhang et al., arXiv:1801.03924), version 0.1, by torchmetrics.

    >>> Lpips("vgg", resolution=8)
    Traceback (most recent call last):
    genarium.metrics.lpips.LpipsUnavailable: LPIPS by vgg needs images of 16 px or more, not 8.
    """

    def __init__(self, net: Literal["alex", "vgg", "squeeze"], resolution: int) -> None:
        """`net`: alex (the paper's choice for comparing), vgg or squeeze. LpipsUnavailable where its weights are not at
        hand, or the images too small."""
        if net not in BACKBONES:
            raise UserError(f"LPIPS has no network {net}; choose from {', '.join(BACKBONES)}.")
        backbone = BACKBONES[net]
        if resolution < backbone.least:
            raise LpipsUnavailable(f"LPIPS by {net} needs images of {backbone.least} px or more, not {resolution}.")
        self.name, self.sha256 = net, hash_of(backbone)
        self.net = LearnedPerceptualImagePatchSimilarity(net_type=net).net

    def settings(self) -> dict[str, object]:
        """Settings that the distance depends on, beside torchmetrics, which brings the linear weights."""
        return {"net": self.name, "version": "0.1", "weights_sha256": self.sha256}

    @torch.inference_mode()
    def __call__(self, *, reconstruction: Tensor, original: Tensor) -> Tensor:
        """Distance of each pair, gray images taken as RGB. (B, C, H, W) in [-1, 1] twice -> (B,)"""
        check_images(reconstructed=reconstruction, original=original)
        pair = (side.float().clamp(-1, 1).expand(-1, 3, -1, -1) for side in (reconstruction, original))
        return self.net.to(original.device)(*pair).reshape(len(original))


def hash_of(backbone: Backbone) -> str:
    """SHA-256 of the file in torch's cache; LpipsUnavailable, naming file and place, where the published one is not."""
    path = Path(torch.hub.get_dir()) / "checkpoints" / backbone.file
    if not path.is_file():
        raise LpipsUnavailable(
            f"LPIPS needs torchvision's weight file {backbone.file}: put it into {path.parent} (it is at "
            f"{ADDRESS}{backbone.file})."
        )
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if not found.startswith(backbone.sha256):
        raise LpipsUnavailable(
            f"{path} is not the published weight file (its SHA-256 begins {found[:8]}): fetch it again from "
            f"{ADDRESS}{backbone.file}."
        )
    return found
