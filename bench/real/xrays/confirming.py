"""The recipes that were chosen, on the test images: five seeds, the threshold carried over, more for more minutes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.real.xrays.choosing import AS_THEY_ARE, area, even_threshold, held_out_scores
from bench.real.xrays.recipe import read_recipes
from bench.real.xrays.training import Score, train
from helpers.datasets.contract import ImageDataset

SEEDS = (1, 2, 3, 4, 5)
MOST_SECONDS = 300.0  # of processor time that an ensemble may take to train


def thresholds(held_out: dict[str, np.ndarray], labels: np.ndarray) -> dict[str, float]:
    """Log odds from which on an image counts as pneumonia, by rule; none of them knows the test images.

    even odds: 0. as they are, changed: where held-out sensitivity and specificity are equal, on the training images
    as they are and on all their changed versions together.
    """
    changed = [scores for name, scores in held_out.items() if name != AS_THEY_ARE]
    return {
        "even odds": 0.0,
        "as they are": even_threshold(labels, held_out[AS_THEY_ARE]),
        "changed": even_threshold(np.tile(labels, len(changed)), np.concatenate(changed)),
    }


def shifted_too(score: Score) -> Score:
    """The mean of the log odds of an image and of its eight copies a pixel to a side or a corner."""

    def mean(images: np.ndarray) -> np.ndarray:
        padded = np.pad(images, ((0, 0), (1, 1), (1, 1)), mode="edge")
        height, width = images.shape[1:]
        return np.mean([score(padded[:, y : y + height, x : x + width]) for y in range(3) for x in range(3)], axis=0)

    return mean


def rates(labels: np.ndarray, scores: np.ndarray, threshold: float) -> dict[str, float]:
    """Accuracy, sensitivity and specificity where scores at the threshold or above it count as pneumonia."""
    called = scores >= threshold
    return {
        "accuracy": np.mean(called == labels),
        "sensitivity": called[labels == 1].mean(),
        "specificity": 1 - called[labels == 0].mean(),
    }


def known_images(data: ImageDataset) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation images together, uint8 (n, side, side), and their labels (n,)."""
    parts = data.train, data.validation
    return np.concatenate([part.images for part in parts])[..., 0], np.concatenate([part.labels for part in parts])


def confirm(data: ImageDataset, names: Sequence[str]) -> pd.DataFrame:
    """Test each named recipe of studies/xrays.yml: a row per recipe, way of scoring and seed.

    Every network learns from the training and validation images together. Ways: one network; the same on shifted
    copies too; and the first of the networks together: as many of SEEDS as MOST_SECONDS of processor time can train.
    """
    images, labels = known_images(data)
    test, truth = data.test.images[..., 0], data.test.labels
    recipes, rows = read_recipes(), []
    for name in names:
        cuts = thresholds(held_out_scores(recipes[name], images, labels, seed=0), labels)
        singles: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        for seed in SEEDS:
            start = time.process_time()
            network = train(recipes[name], images, labels, seed)
            seconds = time.process_time() - start
            singles[seed] = network(test), shifted_too(network)(test)
            for way, scores in zip(("one network", "shifted copies too"), singles[seed], strict=True):
                rows.append(_row(name, way, seed, seconds, truth, scores, cuts))
            print(pd.DataFrame(rows[-2:]).round(4).to_string(header=seed == SEEDS[0]), flush=True)
        mean_seconds = np.mean([row["CPU seconds"] for row in rows if row["recipe"] == name])
        members = SEEDS[: max(1, int(MOST_SECONDS / mean_seconds))]
        scores = np.mean([singles[seed][1] for seed in members], axis=0)
        way = f"{len(members)} networks, shifted copies too"
        rows.append(_row(name, way, members[0], len(members) * mean_seconds, truth, scores, cuts))
    return pd.DataFrame(rows).set_index(["recipe", "way", "seed"])


def _row(
    name: str, way: str, seed: int, seconds: float, truth: np.ndarray, scores: np.ndarray, cuts: dict[str, float]
) -> dict:
    """One row of the table of `confirm`."""
    by_rule = {
        f"{rate}, {rule}": value for rule, cut in cuts.items() for rate, value in rates(truth, scores, cut).items()
    }
    return {"recipe": name, "way": way, "seed": seed, "CPU seconds": seconds, "AUC": area(truth, scores)} | by_rule
