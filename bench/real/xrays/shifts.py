"""A harder validation: the held-out X-rays as another hospital might have taken them, and whole kinds of X-rays out.

The held-out images of notebook 02's validation set are as those learned from, and a network solves them: such images
cannot choose. Two remedies, both made of training images alone: `shifted` changes held-out images, one kind of change
at a time, and `kinds_of_exposure` parts all images by how they look, so that a whole kind can be left out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

ALIKE = 0.995  # correlation of two images of one chest, or nearly so
KINDS = 4

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def near_duplicates(images: np.ndarray) -> np.ndarray:
    """A group for each image (n,): those that correlate above ALIKE, directly or through others, share one."""
    rows = images.reshape(len(images), -1).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    one, other = np.nonzero(rows @ rows.T > ALIKE)
    return connected_components(coo_matrix((np.ones(len(one)), (one, other)), (len(rows),) * 2))[1]


def kinds_of_exposure(images: np.ndarray) -> np.ndarray:
    """A kind from 0 to KINDS - 1 for each image (n,): k-means on brightness, spread, quantiles, sharpness and edges."""
    values = images / 255
    flat = values.reshape(len(images), -1)
    looks = np.column_stack(
        [
            flat.mean(axis=1),
            flat.std(axis=1),
            np.quantile(flat, [0.05, 0.25, 0.75, 0.95], axis=1).T,
            np.abs(np.diff(values, axis=1)).mean(axis=(1, 2)),
            values[:, [0, -1]].mean(axis=(1, 2)),
            values[:, :, [0, -1]].mean(axis=(1, 2)),
        ]
    )
    return KMeans(KINDS, n_init=10, random_state=0).fit_predict(StandardScaler().fit_transform(looks))


def _per_image(rng: np.random.Generator, images: np.ndarray, low: float, high: float) -> np.ndarray:
    return rng.uniform(low, high, len(images))[:, np.newaxis, np.newaxis]


def tone(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another curve from dose to grey: a power of .55 to 1.8."""
    return images ** np.exp(_per_image(rng, images, -0.6, 0.6))


def ramp(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Brighter by 20 to 50 % to one side, darker to the other, in any direction."""
    across = np.linspace(-1, 1, images.shape[1])
    angle, slope = _per_image(rng, images, 0, 2 * np.pi), _per_image(rng, images, 0.2, 0.5)
    return images * (1 + slope * (np.cos(angle) * across + np.sin(angle) * across[:, np.newaxis]))


def crop(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A closer view: 75 to 95 % of each side, from anywhere, enlarged to the whole."""
    changed = np.empty_like(images)
    side = images.shape[1]
    for row, image in enumerate(images):
        share = rng.uniform(0.75, 0.95)
        start = rng.uniform(0, side * (1 - share), 2)
        changed[row] = ndimage.affine_transform(image, np.diag([share, share]), start, order=1, mode="nearest")
    return changed


def soft(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blurred by half a pixel to a pixel."""
    widths = rng.uniform(0.5, 1.0, len(images))
    return np.stack([ndimage.gaussian_filter(image, width) for image, width in zip(images, widths, strict=True)])


def grain(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A lower dose: noise with a standard deviation of 3 to 10 % of the range."""
    return images + rng.normal(size=images.shape) * _per_image(rng, images, 0.03, 0.1)


def window(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A narrower window: up to a quarter of the range lost at either end."""
    low, high = _per_image(rng, images, 0, 0.25), _per_image(rng, images, 0.75, 1)
    return (images - low) / (high - low)


CHANGES: dict[str, Change] = {change.__name__: change for change in (tone, ramp, crop, soft, grain, window)}


def shifted(images: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
    """Images uint8 (n, side, side) under each of CHANGES, the same with the same seed; uint8."""
    values = images.astype(np.float32) / 255
    return {
        name: (255 * np.clip(change(values, np.random.default_rng([seed, k])), 0, 1)).round().astype(np.uint8)
        for k, (name, change) in enumerate(CHANGES.items())
    }
