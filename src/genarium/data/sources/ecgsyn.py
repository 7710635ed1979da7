"""ECGSYN: a dynamical model of the electrocardiogram (McSharry et al., IEEE Trans. Biomed. Eng. 50 (2003)).

Paper's names: theta_i, a_i, b_i of the waves P, Q, R, S, T (table I), z the signal, z_0 its baseline. The trajectory is
on its limit cycle, so that the angle grows with time and of eq. 1 the third line alone is left to integrate. A trial's
rate is constant: the variability from beat to beat of sec. IV is left out.
"""

from functools import cache

import numpy as np
from scipy.signal import lfilter

ANGLES = np.array([-np.pi / 3, -np.pi / 12, 0.0, np.pi / 12, np.pi / 2])
SIZES = np.array([1.2, -5.0, 30.0, -7.5, 0.75])
WIDTHS = np.array([0.25, 0.1, 0.1, 0.1, 0.4])
"""theta_i, a_i and b_i of table I, at 60 beats a minute."""
SLOWER = np.array([0.25, 0.5, 0.0, 0.5, 0.25])
"""Power of the rate, over 60, with which angles grow in the authors' program; widths grow with its square root."""
BREATHS, WANDER = 0.25, 0.005
"""Breaths a second (eq. 2), and how far they move the baseline, before z is scaled, in the authors' program."""
LOW, HIGH = -0.4, 1.2
"""Millivolts to which the authors scale z: here that of the heart of table I, so that people keep their own sizes."""
STEP, BEFORE = 1 / 512, 5.0
"""Seconds between points of the integration, at most; and before a trial, in which the start of z is forgotten."""


def ecgsyn(
    rate: np.ndarray,
    sizes: np.ndarray,
    widths: np.ndarray,
    length: int,
    sampling_rate: float,
    random: np.random.Generator,
) -> np.ndarray:
    """Electrocardiograms in millivolts, (N, length), of hearts of `rate` (N,) in beats a minute, whose waves' sizes and
    widths are those of table I times `sizes` and `widths`, (N, 5) each; they begin anywhere in a beat and a breath."""
    finer = int(np.ceil(1 / (STEP * sampling_rate)))
    step, skip = 1 / (finer * sampling_rate), int(np.ceil(BEFORE * sampling_rate)) * finer
    time = step * np.arange(skip + finer * (length - 1) + 1)
    beat, breath = random.uniform(0, 2 * np.pi, (2, len(rate), 1))
    baseline = WANDER * np.sin(2 * np.pi * BREATHS * time + breath)
    force = forcing(beat + 2 * np.pi * rate[:, None] / 60 * time, rate, sizes, widths)
    return millivolts(integrated(force + baseline, step)[:, skip::finer])


def forcing(theta: np.ndarray, rate: np.ndarray, sizes: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """What moves z away from its baseline (eq. 1), at angles `theta` (N, T). -> (N, T)"""
    force = np.zeros_like(theta)
    for i, (angle, size, width) in enumerate(zip(ANGLES, SIZES, WIDTHS, strict=True)):
        away = theta - (angle * (rate / 60) ** SLOWER[i])[:, None]
        away = (away + np.pi) % (2 * np.pi) - np.pi
        b = (width * widths[:, i] * np.sqrt(rate / 60))[:, None]
        force -= (size * sizes[:, i])[:, None] * away * np.exp(-(away**2) / (2 * b**2))
    return force


def integrated(force: np.ndarray, step: float) -> np.ndarray:
    """z of dz/dt = force - z, from z = 0, by the trapezoidal rule within each step. (N, T) -> (N, T)"""
    decay = np.exp(-step)
    return np.asarray(lfilter([step / 2, step / 2 * decay], [1, -decay], force, axis=-1))


def millivolts(z: np.ndarray) -> np.ndarray:
    low, high = natural_range()
    return LOW + (HIGH - LOW) * (z - low) / (high - low)


@cache
def natural_range() -> tuple[float, float]:
    """Least and largest z of a beat of the heart of table I, at 60 beats a minute and without breath."""
    one, five = np.ones(1), np.ones((1, 5))
    time = STEP * np.arange(round((BEFORE + 1) / STEP))
    beat = integrated(forcing(2 * np.pi * time[None], 60 * one, five, five), STEP)[0, -round(1 / STEP) :]
    return float(beat.min()), float(beat.max())
