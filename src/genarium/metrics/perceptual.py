"""LPIPS, where the weights of its network are at hand; nothing is downloaded."""

from pathlib import Path

import torch
from torch import Tensor
from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

from genarium.errors import UserError
from genarium.metrics.checks import check_images

FILES = {"alex": "alexnet-owt-7be5be79.pth", "vgg": "vgg16-397923af.pth", "squeeze": "squeezenet1_1-b8a52dc0.pth"}


class Lpips:
    """Learned perceptual distance (Zhang et al., arXiv:1801.03924), version 0.1, by torchmetrics."""

    def __init__(self, net: str) -> None:
        """`net`: alex (the paper's choice for comparing), vgg or squeeze; UserError where its weights are missing."""
        if net not in FILES:
            raise UserError(f"LPIPS has no network {net}; choose from {', '.join(FILES)}.")
        folder = Path(torch.hub.get_dir()) / "checkpoints"
        if not (folder / FILES[net]).is_file():
            raise UserError(
                f"LPIPS needs torchvision's weight file {FILES[net]}: put it into {folder}, or leave LPIPS out."
            )
        self.net = LearnedPerceptualImagePatchSimilarity(net_type=net).net

    @torch.inference_mode()
    def __call__(self, *, reconstruction: Tensor, original: Tensor) -> Tensor:
        """Distance of each pair, grey images taken as RGB. (B, C, H, W) in [-1, 1] twice -> (B,)"""
        check_images(reconstructed=reconstruction, original=original)
        pair = (side.float().clamp(-1, 1).expand(-1, 3, -1, -1) for side in (reconstruction, original))
        return self.net.to(original.device)(*pair).reshape(len(original))
