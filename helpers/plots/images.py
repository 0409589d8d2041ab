"""Figures of images: grids, pixels as numbers, kernels and maps of signed values, heat maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.plots.style import ORANGE, SIGNED, SKY, VERMILION, new_figure, readable_on, titled

HEAT = LinearSegmentedColormap.from_list("heat", [to_rgba(VERMILION, 0), to_rgba(VERMILION, 0.9)])


def draw_image(
    axes: Axes, image: np.ndarray, title: str = "", mask: np.ndarray | None = None, *, outline: str = ORANGE
) -> None:
    """One image, grey values 0 (black) to 255 (white), without ticks; the outline of its mask in orange or as given.

    image: uint8, shape (height, width, 1 or 3) or (height, width). mask: bool, shape (height, width), or None.
    """
    axes.imshow(np.squeeze(image), vmin=0, vmax=255, cmap="gray")
    axes.spines[:].set_visible(False)
    if mask is not None and mask.any():
        axes.contour(mask, levels=[0.5], colors=outline, linewidths=1.5)
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=10)


@titled()
def image_grid(
    images: Sequence[np.ndarray],
    titles: Sequence[str],
    *,
    columns: int = 6,
    masks: Sequence[np.ndarray] | None = None,
    side: float = 1.5,
) -> Figure:
    """Images in rows of `columns`, each `side` inches wide, with a title above and its mask's outline over it."""
    rows = max(1, -(-len(images) // columns))
    figure, axes = new_figure(rows, columns, width=side * columns, height=(side + 0.3) * rows)
    for position, panel in enumerate(axes.flat):
        if position < len(images):
            mask = None if masks is None else masks[position]
            draw_image(panel, images[position], titles[position], mask)
        else:
            panel.axis("off")
    return figure


def draw_signed(
    axes: Axes, values: np.ndarray, title: str = "", *, numbers: bool = False, strongest: float = 0.0
) -> None:
    """A map of signed values, shape (height, width): purple below zero, white at zero, orange above.

    strongest: the share of values, those farthest from zero, that get the full colour, so that a few do not pale the
    others.
    """
    limit = float(np.quantile(np.abs(values), 1 - strongest)) or 1.0
    shown = axes.imshow(values, cmap=SIGNED, vmin=-limit, vmax=limit)
    if numbers:
        for (i, j), value in np.ndenumerate(values):
            axes.text(j, i, f"{value:.3g}", ha="center", va="center", color=readable_on(shown, value))
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=10)


@titled("An image is a grid of numbers")
def pixel_figure(image: np.ndarray, top: int, left: int, side: int) -> Figure:
    """An image with a square of `side` pixels marked from row `top` and column `left`, and that square as numbers.

    image: uint8, shape (height, width, channels); the first channel's numbers are shown.
    """
    figure, axes = new_figure(1, 2, width=8, height=3.6)
    draw_image(axes[0, 0], image, f"{image.shape[0]} × {image.shape[1]} pixels")
    axes[0, 0].add_patch(Rectangle((left - 0.5, top - 0.5), side, side, fill=False, ec=ORANGE, lw=2))
    patch = image[top : top + side, left : left + side, 0]
    draw_image(axes[0, 1], patch, f"the square: {side} × {side} whole numbers")
    for (i, j), value in np.ndenumerate(patch):
        colour = readable_on(axes[0, 1].images[0], value)
        axes[0, 1].text(j, i, str(value), ha="center", va="center", color=colour)
    return figure


@titled("Signed values: purple below zero, orange above")
def signed_maps(
    maps: Sequence[np.ndarray], titles: Sequence[str], *, columns: int = 8, side: float = 1.1, numbers: bool = False
) -> Figure:
    """Maps of signed values, each of shape (height, width) and with a colour scale of its own, in rows of `columns`."""
    rows = -(-len(maps) // columns)
    figure, axes = new_figure(rows, columns, width=side * columns, height=(side + 0.25) * rows)
    for panel in axes.flat[len(maps) :]:
        panel.axis("off")
    for panel, values, title in zip(axes.flat, maps, titles, strict=False):
        draw_signed(panel, values, title, numbers=numbers)
    return figure


@titled("What each kernel makes of the image")
def kernel_figure(
    image: np.ndarray, kernels: Sequence[np.ndarray], answers: np.ndarray, titles: Sequence[str]
) -> Figure:
    """An image; above it each kernel with its weights, and below each kernel the image's answer to it.

    image: shape (height, width), 0 to 255. kernels: each (rows, columns). answers: shape (height, width, kernels);
    an answer that is nowhere below zero is drawn in grey, like an image; of others the strongest fiftieth of the
    values has the full colour.
    """
    figure, axes = new_figure(2, len(kernels) + 1, width=2.4 * (len(kernels) + 1), height=4.8)
    axes[0, 0].axis("off")
    draw_image(axes[1, 0], image, "the image")
    for k, kernel in enumerate(kernels):
        draw_signed(axes[0, k + 1], kernel, titles[k], numbers=True)
        answer = answers[..., k]
        if answer.min() >= 0:
            draw_image(axes[1, k + 1], answer, f"answer to {titles[k]}")
        else:
            draw_signed(axes[1, k + 1], answer, f"answer to {titles[k]}", strongest=0.02)
    return figure


@titled("What one value of each layer sees")
def receptive_field_figure(image: np.ndarray, fields: Mapping[str, int]) -> Figure:
    """The same image once per layer, with a square of as many pixels as one value of the layer sees.

    fields: name of the layer -> pixels along one side.
    """
    figure, axes = new_figure(1, len(fields), width=2.2 * len(fields), height=2.8)
    for panel, (layer, side) in zip(axes[0], fields.items(), strict=True):
        draw_image(panel, image, f"{layer}:\n{side} × {side}")
        corner = image.shape[0] // 2 - side // 2 - 0.5
        panel.add_patch(Rectangle((corner, corner), side, side, fill=False, ec=ORANGE, lw=2))
    return figure


@titled("An image and its feature maps")
def feature_map_figure(image: np.ndarray, maps: Mapping[str, np.ndarray], *, columns: int = 8) -> Figure:
    """An image and, in one row per layer, the `columns` maps of the layer that vary most over the image.

    maps: name of the layer -> array (height, width, filters). Dark is zero; each map has a scale of its own.
    """
    figure, axes = new_figure(len(maps), columns + 1, width=1.05 * (columns + 1), height=1.3 * len(maps))
    for row, (layer, values) in zip(axes, maps.items(), strict=True):
        draw_image(row[0], image)
        row[0].set_ylabel(f"{layer}\n{values.shape[0]} × {values.shape[1]}", fontsize=9)
        most = np.sort(np.argsort(-values.std(axis=(0, 1)), kind="stable")[:columns])
        for k, panel in zip(most, row[1:], strict=True):
            panel.imshow(values[..., k], cmap="viridis", vmin=0)
            panel.set(xticks=[], yticks=[])
    return figure


@titled("Images and their heat maps")
def heat_map_figure(
    images: np.ndarray,
    maps: np.ndarray,
    titles: Sequence[str],
    masks: np.ndarray | None = None,
) -> Figure:
    """Images above, the same with a heat map laid over them below, clear where it is 0; lesions outlined in both rows.

    images: uint8 (n, height, width, channels). maps: (n, height, width), 0 to 1. masks: bool (n, height, width).
    """
    figure, axes = new_figure(2, len(images), width=1.5 * len(images) + 0.8, height=3.6)
    for k, image in enumerate(images):
        mask = None if masks is None else masks[k]
        draw_image(axes[0, k], image, titles[k], mask)
        draw_image(axes[1, k], image, "", mask, outline=SKY)
        shown = axes[1, k].imshow(maps[k], cmap=HEAT, vmin=0, vmax=1)
    bar = figure.colorbar(ScalarMappable(shown.norm, shown.cmap), ax=axes[1, :], pad=0.01, aspect=12)
    bar.set_label("share of the\nmap's maximum", fontsize=9)
    return figure
