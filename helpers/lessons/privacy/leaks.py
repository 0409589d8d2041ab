"""What an update gives away: an image read off a gradient, and what mixing and noise do to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.datasets.contract import Split
from helpers.lessons.privacy.accounting import DELTA
from helpers.lessons.privacy.dpsgd import pixels_of, private_sum
from helpers.lessons.privacy.mechanisms import gauss_epsilon
from helpers.lessons.privacy.price import Trainer

KNOWN = 400  # pictures of other people that an attacker has, to know what pictures look like


def image_behind(gradient: np.ndarray, side: int) -> np.ndarray:
    """The picture in the gradient of one layer with a bias: (side, side), the mean of its colours.

    gradient: (side² · channels + 1,), of weights and bias of a sum of pixels. The chain rule makes the first the pixels
    times the error and the last the error itself: divide. Of several images it is their mean, weighted by their errors.
    Source: Phong et al., IEEE TIFS 13:1333, 2018. Taught in notebooks/09_privacy.ipynb, section 4.3.
    """
    return (gradient[:-1] / gradient[-1]).reshape(side, side, -1).mean(axis=2)


def averaged(images: np.ndarray) -> np.ndarray:
    """What the small network sees of images (n, h, w, channels), colours averaged: means of 2 × 2 pixels, 128 as 0."""
    small = pixels_of(images).astype(np.float64)
    return small.reshape(len(images), images.shape[1] // 2, images.shape[2] // 2, -1).mean(axis=3)


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


def denoised(gradient: np.ndarray, noise: float, others: np.ndarray, side: int) -> np.ndarray:
    """What an attacker who knows what images look like makes of a noisy gradient of one image: (side, side).

    gradient: as of `image_behind`, of length 1 before noise of this standard deviation came on every weight. others:
    pictures (n, side, side) of other people. Scale and sign are those of their mean; each direction in which pictures
    differ is believed as far as it exceeds the noise (Wiener's filter).

    Taught in notebooks/09_privacy.ipynb, section 4.3.
    """
    flat = others.reshape(len(others), -1)
    usual, spread = flat.mean(axis=0), np.cov(flat.T)
    told = gradient[:-1].reshape(side * side, -1).mean(axis=1)
    scale = np.sqrt(1 + (flat**2).sum(axis=1)).mean() * np.sign(told @ usual + gradient[-1])
    belief = np.linalg.solve(spread + (noise * scale) ** 2 * np.eye(len(usual)), spread)
    return (usual + (scale * told - usual) @ belief).reshape(side, side)


@dataclass(frozen=True)
class Case:
    """What an attacker has: the clipped sum of the gradients of so many images, with so much noise; and a filter."""

    images: int
    noise: float = 0.0
    denoise: bool = False


def read_off(trainer: Trainer, rows: Split, case: Case, *, seed) -> tuple[np.ndarray, np.ndarray, float, float]:
    """One attack: what is seen, the first of the true pictures, the likeness to the most similar of the true ones, and
    to the most similar of as many pictures of people who are not among them.

    rows: images of different patients. Taught in notebooks/09_privacy.ipynb, section 4.3.
    """
    rng, n = np.random.default_rng(seed), case.images
    drawn = rows.rows(rng.permutation(len(rows))[: 2 * n + KNOWN])
    small = averaged(drawn.images)
    true, strangers, known = small[:n], small[n : 2 * n], small[2 * n :]
    gradients = trainer.gradients(pixels_of(drawn.images[:n]), drawn.labels[:n])
    told = private_sum(gradients, np.arange(n), 1.0, case.noise, rng)
    side = small.shape[1]
    seen = denoised(told, case.noise, known, side) if case.denoise else image_behind(told, side)
    usual = known.mean(axis=0)
    return seen, true[0], *(best_match(seen, some, usual)[0] for some in (true, strangers))


def leak_table(trainer: Trainer, rows: Split, cases: Mapping[str, Case], *, repeats: int, seed: int) -> pd.DataFrame:
    """Mean likeness of what is read off in each case, its floor, and the ε of one such step with everybody in it.

    The floor: the same of as many other people's pictures, drawn anew each time. Where there is no noise ε is infinite.
    Taught in notebooks/09_privacy.ipynb, section 4.3.
    """
    lines = {}
    for name, case in cases.items():
        with threadpool_limits(1):  # the matrices are small
            found = [read_off(trainer, rows, case, seed=[seed, k])[2:] for k in range(repeats)]
        likeness, floor = np.mean(found, axis=0)
        epsilon = gauss_epsilon(1 / case.noise, DELTA) if case.noise else np.inf
        lines[name] = {"likeness": likeness, "floor": floor, "ε of the step": epsilon}
    return pd.DataFrame.from_dict(lines, orient="index")
