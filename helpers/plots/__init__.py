"""Figures in one style, each with a text for those who cannot see it."""

from helpers.plots.images import (
    draw_image,
    draw_signed,
    feature_map_figure,
    heat_map_figure,
    image_and_answer,
    image_grid,
    kernel_figure,
    pixel_figure,
    receptive_field_figure,
    signed_maps,
)
from helpers.plots.scores import confusion_figure, interval_figure, learning_curves
from helpers.plots.style import COLOURS, Picture, new_figure, show, show_source

__all__ = [
    "COLOURS",
    "Picture",
    "confusion_figure",
    "draw_image",
    "draw_signed",
    "feature_map_figure",
    "heat_map_figure",
    "image_and_answer",
    "image_grid",
    "interval_figure",
    "kernel_figure",
    "learning_curves",
    "new_figure",
    "pixel_figure",
    "receptive_field_figure",
    "show",
    "show_source",
    "signed_maps",
]
