"""What an update gives away: an image read off a gradient, and what mixing and noise do to it."""

from __future__ import annotations

import numpy as np


def image_behind(gradient: np.ndarray, side: int) -> np.ndarray:
    """The picture in the gradient of one layer with a bias: (side, side), the mean of its colours.

    gradient: (side² · channels + 1,), of weights and bias of a sum of pixels. The chain rule makes the first the pixels
    times the error and the last the error itself: divide. Of several images it is their mean, weighted by their errors.
    Source: Phong et al., IEEE TIFS 13:1333, 2018. Taught in notebooks/09_privacy.ipynb, section 4.3.
    """
    return (gradient[:-1] / gradient[-1]).reshape(side, side, -1).mean(axis=2)


def averaged(images: np.ndarray) -> np.ndarray:
    """What the small network sees of images (n, h, w, channels), colours averaged: means of 2 × 2 pixels, 128 as 0."""
    n, height, width, channels = images.shape
    even = images[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4, 5)) / 64 - 2


def best_match(picture: np.ndarray, images: np.ndarray, usual: np.ndarray) -> tuple[float, int]:
    """The greatest correlation of a picture with one of the images, and which: what both share with all is taken off.

    picture: (h, w). images: (n, h, w). usual: the mean image (h, w), which anybody may know.
    Taught in notebooks/09_privacy.ipynb, section 4.3.
    """
    own = (picture - usual).ravel()
    own = own - own.mean()
    others = (images - usual).reshape(len(images), -1)
    others = others - others.mean(axis=1, keepdims=True)
    sizes = np.linalg.norm(others, axis=1) * np.linalg.norm(own)
    alike = others @ own / np.maximum(sizes, 1e-12)
    return float(alike.max()), int(alike.argmax())
