"""Contrastive loss of patches."""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy


def patch_nce(query: Tensor, key: Tensor, temperature: float) -> Tensor:
    """PatchNCE: each place of an image is to be told by its features from the other places of the same image (Park et
    al., arXiv:2007.15651, eq. 2 and 4), mean over places. Features of P places, of length 1. (B, P, F) twice -> (B,)

    >>> apart = torch.eye(4)[None]
    >>> patch_nce(apart, apart, temperature=0.07) < 1e-4, patch_nce(0 * apart, apart, temperature=0.07)  # log 4
    (tensor([True]), tensor([1.3863]))
    """
    similarity = query.float() @ key.float().transpose(1, 2) / temperature  # (B, P, P)
    places = torch.arange(similarity.shape[1], device=query.device).expand(len(query), -1)
    return cross_entropy(similarity.transpose(1, 2), places, reduction="none").mean(1)
