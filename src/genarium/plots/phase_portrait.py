"""Phase portrait of a two-parameter game."""

import torch
from matplotlib.figure import Figure
from torch import Tensor


def phase_portrait(trajectory: Tensor, points: Tensor, directions: Tensor, limit: float, title: str) -> Figure:
    """Phase portrait: trajectory (2, T) of both parameters over the directions of a step, (N, 2), at points (N, 2)."""
    figure = Figure(figsize=(5, 5.4), dpi=100, layout="constrained")
    axes = figure.subplots()
    length = torch.linalg.vector_norm(directions, dim=1, keepdim=True)
    moving = length[:, 0] > 0
    arrows = directions[moving] / length[moving]
    axes.quiver(*points[moving].T, *arrows.T, color="0.7", width=0.003, scale=28, pivot="mid")
    axes.plot(*trajectory, color="#1f77b4", linewidth=1)
    axes.plot(*trajectory[:, 0], "o", color="#1f77b4", label="start")
    axes.plot(*trajectory[:, -1], "o", color="#d62728", label="now")
    axes.plot(0, 0, "+", color="black", markersize=12, label="equilibrium")
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal", xlabel="generator θ", ylabel="discriminator ψ")
    axes.set_title(title)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure
