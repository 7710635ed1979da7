"""Store of packed images on a device, and float batches made from them."""

import copy
import warnings

import numpy as np
import torch
from torch import Tensor

from genarium.data.binarize import binary
from genarium.data.packing.packed import Packed
from genarium.protocols import Batch

Numbers = np.ndarray | Tensor
SHARE = 0.5  # of the device's free memory that the pictures may take


class ImageStore:
    """Store of images: on `device` if they fit; else mapped from the disk, and each batch moved."""

    def __init__(self, packed: Packed, device: torch.device) -> None:
        self.device = device
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The given NumPy array is not writable")  # nor written to
            images = torch.from_numpy(packed.images)  # (N, C, H, W): the file itself, read as it is needed
        self.images = images.to(device) if fits(images, device) else images
        self.labels = self.placed(packed.labels)
        reuse_freed_memory()

    def labeled(self, labels: np.ndarray) -> "ImageStore":
        """This store with other labels, (N,)."""
        other = copy.copy(self)
        other.labels = self.placed(labels)
        return other

    def placed(self, values: np.ndarray | Tensor) -> Tensor:
        """Beside the pictures, without waiting for it where it can be helped; nothing where they are there already."""
        return moved(torch.as_tensor(values), self.images.device)

    def batch(self, rows: Numbers, mirrored: Numbers | None = None, levels: Numbers | None = None) -> Batch:
        """Images in [-1, 1] and labels of `rows`, (B,) int64; those where `mirrored`, (B,) bool, left to right; binary
        where `levels`, (B, C, R, R) uint8, are given. Whatever is `placed` already is not copied."""
        rows = self.placed(rows)
        images, labels = self.images.index_select(0, rows), self.labels.index_select(0, rows)
        if mirrored is not None:
            images = mirror(images, mirrored)
        if levels is not None:
            images = binary(images, self.placed(levels))
        return Batch(floats(moved(images, self.device)), moved(labels, self.device))


def moved(values: Tensor, device: torch.device) -> Tensor:
    """Copy on `device`, asynchronous to an NVIDIA GPU."""
    if device.type == "cuda" and values.device.type == "cpu":
        values = values.pin_memory()
    return values.to(device, non_blocking=True)


def reuse_freed_memory() -> None:
    """Keep freed blocks below 32 MB in glibc's heap: returning and paging them in anew doubles a batch's time.

    Its threshold for doing so rises to the largest block freed so far; this one is never touched.
    """
    torch.empty(2**25 - 2**20, dtype=torch.uint8)


def fits(images: Tensor, device: torch.device) -> bool:
    """Whether the images are held on `device`: a GPU with room; a CPU reads the mapped file."""
    return device.type == "cuda" and images.nbytes < SHARE * torch.cuda.mem_get_info(device)[0]


def mirror(images: Tensor, mirrored: Numbers) -> Tensor:
    """Horizontal flip of the `images`, (B, C, R, R) uint8, where `mirrored`, (B,) bool."""
    mirrored = torch.as_tensor(mirrored, device=images.device)
    if images.device.type == "cpu":
        rows = np.flatnonzero(mirrored.numpy())
        # by numpy: torch's own indexed assignment takes ten times as long on bytes
        images.numpy()[rows] = images.index_select(0, torch.from_numpy(rows)).flip(-1).numpy()
        return images
    return torch.where(mirrored[:, None, None, None], images.flip(-1), images)


def floats(pixels: Tensor) -> Tensor:
    """Scaling of uint8 to float32 in [-1, 1]: x / 127.5 - 1, in an order of steps that rounds once; signals, which are
    float32 already, as they are."""
    if pixels.is_floating_point():
        return pixels
    return pixels.to(torch.float32).sub_(127.5).div_(127.5)
