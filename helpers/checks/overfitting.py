"""Checks of the exercises in notebooks/05_overfitting.ipynb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.verdicts import NotYetError, attempted, check_choices

QUIZ = {1: "b", 2: "c", 3: "a", 4: "d", 5: "c"}
DIAGNOSES = ("overfitting", "underfitting", "learning rate too large", "validation easier than training", "healthy")


def check_diagnoses(given: Mapping[str, str]) -> None:
    """What ails four learning curves: A, B, C, D of the notebook's figure."""
    reasons = {
        "A": ("overfitting", "training falls on and on; what does validation do after its lowest point?"),
        "B": ("underfitting", "both stay high and close together: has the model learned even its training cases?"),
        "C": ("learning rate too large", "look at training itself: does it ever settle?"),
        "D": ("validation easier than training", "how can new patients be easier than those trained on, all the way?"),
    }
    check_choices(given, reasons, DIAGNOSES, f"choose one of: {', '.join(DIAGNOSES)}")


def check_dropout(apply_dropout: Callable[[np.ndarray, float, np.random.Generator, bool], np.ndarray]) -> None:
    """apply_dropout(values, rate, rng, training): inverted dropout, the values themselves outside training."""
    values = np.random.default_rng(5).normal(2, 1, size=(400, 250))
    for rate in (0.0, 0.3, 0.8):
        resting = attempted(apply_dropout(values.copy(), rate, np.random.default_rng(1), False))
        if not np.array_equal(resting, values):
            raise NotYetError("outside training the values must come back as they are: none silenced, none scaled")
        dropped = np.asarray(apply_dropout(values.copy(), rate, np.random.default_rng(1), True))
        if dropped.shape != values.shape:
            raise NotYetError(f"the answer should have the values' shape, {values.shape}; yours is {dropped.shape}")
        silenced = float((dropped == 0).mean())
        if abs(silenced - rate) > 0.02:
            raise NotYetError(f"at rate {rate} that share should be 0; yours silences {silenced:.2f}")
        kept = dropped != 0
        scale = float((dropped[kept] / values[kept]).mean())
        if not np.allclose(dropped[kept] / values[kept], 1 / (1 - rate)):
            raise NotYetError(
                f"at rate {rate} a kept value should be divided by 1 - rate, so that the expectation stays; yours are "
                f"multiplied by {scale:.2f}"
            )
        if rate > 0 and len(np.unique(kept, axis=0)) == 1:
            raise NotYetError("each value draws its own fate; yours silences the same columns in every row")
        if rate > 0 and len(np.unique(kept, axis=1).T) == 1:
            raise NotYetError("each value draws its own fate; yours silences whole rows")


def check_choice_of_strength(choose_strength: Callable[[list[float], np.ndarray], float]) -> None:
    """choose_strength(strengths, losses): the strength with the lowest mean validation loss; ties: the larger one."""
    rng = np.random.default_rng(7)
    for trial in range(6):
        strengths = [0.0, 0.003, 0.03, 0.3]
        losses = 1 + 0.1 * rng.normal(size=(4, 5)) + rng.permutation([0.0, 0.2, 0.4, 0.6])[:, np.newaxis]
        if trial == 0:  # one lucky fit at a strength that is bad on average
            losses = np.array([[1.6] * 5, [1.2] * 5, [1.0] * 5, [1.8, 1.8, 0.5, 1.8, 1.8]])
        if trial == 1:  # two are equal
            losses = np.array([[1.5] * 5, [1.0] * 5, [1.0] * 5, [1.7] * 5])
        given = attempted(choose_strength(list(strengths), losses.copy()))
        means = losses.mean(axis=1)
        right = strengths[int(np.flatnonzero(means == means.min()).max())]
        if given not in strengths:
            raise NotYetError(f"the answer should be one of the strengths {strengths}; yours is {given!r}")
        if given != right:
            if trial == 1:
                raise NotYetError("two strengths are equally good: take the larger, which keeps weights smaller")
            if given == strengths[int(means.argmax())]:
                raise NotYetError("yours has the highest mean loss: which end of a loss is good?")
            if given == strengths[int(np.unravel_index(losses.argmin(), losses.shape)[0])]:
                raise NotYetError("one lucky fit decided: average over the fits (axis 1) before you compare")
            raise NotYetError(f"the mean losses are {means.round(2).tolist()}; yours chose {given}")


def check_stopping(stop: Callable[[list[float], int], tuple[int, int]]) -> None:
    """stop(losses, patience): the epoch (from 1) that is kept and the epoch at which training ends."""
    for losses, patience, best, last in [
        ([1.0, 0.8, 0.7, 0.75, 0.72, 0.71, 0.9], 2, 3, 5),
        ([1.0, 0.8, 0.7, 0.75, 0.6, 0.9, 0.9, 0.9, 0.2], 2, 5, 7),
        ([1.0, 0.9, 0.8], 5, 3, 3),
        ([0.5, 0.6, 0.7, 0.8], 1, 1, 2),
        ([1.0, 0.8, 0.8, 0.8, 0.7], 2, 2, 4),
    ]:
        given = attempted(stop(list(losses), patience))
        if not isinstance(given, tuple) or len(given) != 2:
            raise NotYetError(f"return two numbers, the epoch kept and the epoch of the end; yours is {given!r}")
        kept, ended = (attempted(epoch) for epoch in given)
        if kept == best - 1:
            raise NotYetError("epochs count from 1 here, positions in a list from 0")
        if ended != last:
            raise NotYetError(
                f"with losses {losses} and patience {patience} training ends after epoch {last}, the {patience}th in a "
                f"row without a new best (or with the list); yours ends after {ended}"
            )
        if kept != best:
            raise NotYetError(f"with losses {losses} and patience {patience} epoch {best} is kept; yours keeps {kept}")


def check_pipeline(prepare: Callable) -> None:
    """prepare(images, patients, augment, rng): training images and validation images, split by patient first.

    augment(image) gives a changed copy. Each training image stands there itself and with one changed copy, validation
    images are the originals, and a quarter of the patients (of 40) is held out.
    """
    patients = np.repeat(np.arange(40), 3)
    images = np.arange(120, dtype=float)[:, np.newaxis, np.newaxis] * np.ones((1, 4, 4))
    called = []

    def augment(image: np.ndarray) -> np.ndarray:
        called.append(int(np.floor(image.flat[0])))
        return image + 0.25

    given = attempted(prepare(images.copy(), patients.copy(), augment, np.random.default_rng(3)))
    if not isinstance(given, tuple) or len(given) != 2:
        raise NotYetError("return two arrays: training images, validation images")
    training, validation = (np.asarray(attempted(part)) for part in given)
    if training.shape[1:] != (4, 4) or validation.shape[1:] != (4, 4):
        raise NotYetError(f"both arrays should hold images of 4×4 pixels: {training.shape}, {validation.shape}")
    own, held = (np.floor(part[:, 0, 0]).astype(int) for part in (training, validation))
    if set(own) & set(held):
        raise NotYetError("an image and its changed copy stand on both sides: split first, change afterwards")
    if set(patients[own]) & set(patients[held]):
        raise NotYetError("no image is on both sides, but some patients are: draw patients, not images")
    if (validation[:, 0, 0] % 1 != 0).any():
        raise NotYetError("validation holds changed copies: the next patient comes as taken, so leave them out there")
    if len(np.unique(patients[held])) != 10 or len(held) != 30 or len(np.unique(own)) != 90:
        raise NotYetError("a quarter of the 40 patients is held out, each with all images; nobody else is lost")
    changed = np.sort(own[training[:, 0, 0] % 1 != 0])
    if len(training) != 180 or not np.array_equal(changed, np.unique(own)) or sorted(called) != changed.tolist():
        raise NotYetError("training should hold each of its 90 images once as it is and once changed")


EXERCISES = {
    "05.1": check_diagnoses,
    "05.2": check_choice_of_strength,
    "05.3": check_dropout,
    "05.4": check_stopping,
    "05.5": check_pipeline,
}
