"""The painter of `garden`: known factors -> pictures of one flower each, by signed distances. numpy only.

Lengths are shares of the image's side, y points down, hues are turns of the color circle. Every edge is one pixel
soft, so that two resolutions show the same flower. The angle is folded into one petal's sector: one petal is drawn,
whatever their number.
"""

import numpy as np

VERSION = 1  # raise it when the same factors would give other pixels: packed copies are then made again

PETALS = tuple(range(3, 9))
RANGES = {
    "hue": (0.58, 1.16),  # blue over violet, pink and red to yellow: the colors of flowers, no wrap-around
    "petal_length": (0.22, 0.35),
    "petal_width": (0.45, 1.0),  # share of the width at which the petals touch
    "center": (0.045, 0.105),  # radius of the disc in the middle
    "rotation": (0.0, 1.0),  # share of the way to the next petal: the same range whatever the number of petals
    "x": (-0.11, 0.11),
    "y": (-0.11, 0.11),
    "background": (0.0, 1.0),  # from night blue over green to pale straw
}

CHUNK_PIXELS = 16 * 1024  # painted at a time: the working arrays stay in the processor's cache
DUSK = np.array([[0.09, 0.13, 0.27], [0.12, 0.33, 0.34], [0.33, 0.50, 0.30], [0.82, 0.80, 0.62]], np.float32)
GOLD, BROWN = np.array([1.00, 0.80, 0.26], np.float32), np.array([0.40, 0.20, 0.07], np.float32)


def paint(factors: dict[str, np.ndarray], resolution: int) -> np.ndarray:
    """Flowers with the given factors, each (N,): `petals` and the names of RANGES. -> (N, 3, R, R) uint8."""
    columns = {name: np.asarray(factors[name], np.float32) for name in ("petals", *RANGES)}
    count = len(columns["petals"])
    images = np.empty((count, 3, resolution, resolution), np.uint8)
    step = max(1, CHUNK_PIXELS // resolution**2)
    for start in range(0, count, step):
        part = {name: column[start : start + step, None, None] for name, column in columns.items()}
        images[start : start + step] = paint_chunk(part, resolution)
    return images


def paint_chunk(f: dict[str, np.ndarray], resolution: int) -> np.ndarray:
    """The same for few flowers, factors (n, 1, 1). -> (n, 3, R, R) uint8."""
    pixel = np.float32(1 / resolution)
    axis = (np.arange(resolution, dtype=np.float32) + 0.5) * pixel - 0.5
    dx, dy = axis[None, None, :] - f["x"], axis[None, :, None] - f["y"]
    radius = np.sqrt(dx * dx + dy * dy)
    sector = 2 * np.pi / f["petals"]
    angle = np.arctan2(dx, -dy)
    turned = angle - f["rotation"] * sector
    folded = np.abs(turned - sector * np.round(turned / sector))
    light = -(dx + dy)  # comes from the upper left

    distance, along, across = petal(radius, folded, f)
    canvas = backdrop(axis, f["background"]) * shadow(distance, radius, f["petal_length"])[:, None]
    tone = petal_tone(distance, along, across, radius, folded, light, f, pixel)
    deep, pale = petal_colors(f["hue"][:, 0, 0])
    blend = (along * along * (3 - 2 * along))[:, None]
    over(canvas, (deep + (pale - deep) * blend) * tone[:, None], soft_edge(distance, pixel))
    over(canvas, center_color(radius, angle, light, f["center"], pixel), soft_edge(radius - f["center"], pixel))
    return np.clip(np.rint(canvas * 255), 0, 255).astype(np.uint8)


def petal(radius: np.ndarray, folded: np.ndarray, f: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Signed distance to the nearest petal (< 0 inside), place along it in [0, 1], place across it in half-widths."""
    half = f["petal_length"] / 2
    touching = np.minimum(0.42, 0.63 * np.tan(np.pi / f["petals"])) * f["petal_length"]
    width = f["petal_width"] * touching
    u = (radius * np.cos(folded) - half) / half  # -1 at the flower's middle, 1 at the tip
    v = radius * np.sin(folded) / (width * (1 + 0.3 * np.clip(u, -1, 1)))  # an ellipse, broader towards the tip
    norm = np.sqrt(u * u + v * v) + 1e-6
    slope = np.sqrt((u / half) ** 2 + (v / width) ** 2) + 1e-6
    return norm * (norm - 1) / slope, np.clip((u + 1) / 2, 0, 1), v  # first-order distance to an ellipse


def shadow(distance: np.ndarray, radius: np.ndarray, length: np.ndarray) -> np.ndarray:
    """What the flower leaves of the light around it: (n, R, R). Beyond the tips `distance`, first-order, is short."""
    return 1 - 0.5 * np.exp(-np.maximum(np.maximum(distance, radius - length), 0) / 0.035)


def petal_tone(distance, along, across, radius, folded, light, f, pixel) -> np.ndarray:
    """Brightness of the petals, about 1: (n, R, R). Curved, creased where two meet, lit from the upper left."""
    length = f["petal_length"]
    curved = 1 - 0.16 * np.minimum(across * across, 1)
    crease = np.exp(-radius * np.sin(np.maximum(np.pi / f["petals"] - folded, 0)) / (0.05 * length + 0.25 * pixel))
    vein = blurred_line(radius * np.sin(folded), 0.03 * length, pixel) * (1 - along)
    rim = np.exp(np.minimum(distance, 0) / (0.03 * length))
    under_center = np.exp(-np.maximum(radius - f["center"], 0) / 0.03)
    shade = curved * (1 - 0.42 * crease) * (1 - 0.25 * vein) * (1 - 0.15 * rim) * (1 - 0.45 * under_center)
    return shade * (1 + 0.16 * light / length)


def petal_colors(hue: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Color at the petals' root and at their tips. (n,) -> two of (n, 3, 1, 1)."""
    deep = rgb(hue - 0.03, 0.92, 0.72)
    pale = rgb(hue, 0.52, 1.0)
    return deep[:, :, None, None], pale[:, :, None, None]


def center_color(radius, angle, light, size, pixel) -> np.ndarray:
    """A dome of seeds, lit from the upper left. -> (n, 3, R, R).

    The seeds fade where they are finer than pixels, and do not turn: a whole `rotation` gives the same picture.
    """
    place = np.minimum(radius / size, 1)
    dome = np.sqrt(1 - 0.85 * place * place)
    period = np.pi * size / 4
    visible = np.exp(-((1.6 * pixel / period) ** 2))
    seeds = np.cos(8 * angle + 9 * place) * np.cos(8 * angle - 9 * place) * place * visible
    tone = np.clip(dome + 0.22 * seeds + 0.22 * light / size - 0.12, 0, 1)[:, None]
    return BROWN[:, None, None] + (GOLD - BROWN)[:, None, None] * tone


def backdrop(axis: np.ndarray, tone: np.ndarray) -> np.ndarray:
    """A soft backdrop, lighter at the top and darker in the corners. -> (n, 3, R, R)."""
    place = np.clip(tone[:, 0, 0], 0, 1) * (len(DUSK) - 1)
    low = np.minimum(place.astype(int), len(DUSK) - 2)
    color = DUSK[low] + (DUSK[low + 1] - DUSK[low]) * (place - low)[:, None]
    fall = 1.06 - 0.3 * axis[:, None] - 0.45 * (axis[:, None] ** 2 + axis**2)
    return color[:, :, None, None] * fall.astype(np.float32)


def soft_edge(distance: np.ndarray, pixel: np.float32) -> np.ndarray:
    """Share of each pixel that lies inside, from the signed distance of its middle. -> (n, 1, R, R)."""
    return np.clip(0.5 - distance / pixel, 0, 1)[:, None]


def blurred_line(distance: np.ndarray, width: np.ndarray, pixel: np.float32) -> np.ndarray:
    """A line of Gaussian profile as pixels of this size see it: broader and fainter where it is thin."""
    seen = np.sqrt(width * width + (0.4 * pixel) ** 2)
    return width / seen * np.exp(-((distance / seen) ** 2))


def over(canvas: np.ndarray, paint: np.ndarray, cover: np.ndarray) -> None:
    """Lay `paint` on the canvas, in place, where `cover` is 1."""
    canvas += (paint - canvas) * cover


def rgb(hue: np.ndarray, saturation: float, value: float) -> np.ndarray:
    """Colors of the HSV cone; hue in turns. (n,) -> (n, 3) in [0, 1]."""
    ramp = np.abs((hue[:, None] + np.array([1, 2 / 3, 1 / 3], np.float32)) % 1 * 6 - 3) - 1
    return (value * (1 - saturation + saturation * np.clip(ramp, 0, 1))).astype(np.float32)
