"""Leaks between splits: shared patients, exact copies, and pictures that are nearly the same.

A patient, or a copy of a picture, on both sides of a split lets a model be praised for what it remembers. Shared
patients are refused and exact copies counted whenever a data set is made; near copies take longer to find and are
looked for by `course data verify`.

All functions take a data set with a `name` and `splits()`, which gives (name, rows) in the order train, validation,
test; rows have `inputs` of shape (n, ...), the arrays a model is given, `patients` (n,) and `target` (n,).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from helpers.datasets.errors import DataError

SIDE = 14  # pixels along a side of the pooled picture: coarse enough that noise averages out
NEAR = 1 / 8  # how close near copies are, as a share of the usual distance between two pictures
TELLING = 0.99  # area under the ROC curve of one feature alone, above which it is held to know the outcome
COLUMNS = ["split", "row", "of", "of_row", "same_label"]
ADJECTIVE = {"train": "training"}  # how a sentence calls a split, where not by its name
COPY = {"exact": "an exact copy", "near": "a near copy"}
_PIXELS_AT_ONCE = 1 << 22
_DISTANCES_AT_ONCE = 1 << 22


def assert_disjoint(data):
    """Raise DataError where a patient (or whatever else data.one_is says) is in two splits."""
    one_is = getattr(data, "one_is", "patient")
    seen = {split: set(rows.patients.tolist()) for split, rows in data.splits()}
    for one, other in combinations(seen, 2):
        shared = seen[one] & seen[other]
        if shared:
            raise DataError(
                data.name,
                expected=f"no {one_is} in both {one} and {other}",
                found=f"{len(shared)} shared, for example {sorted(shared)[0]}",
                todo=f"Split by {one_is}, then take the rows.",
            )


def exact_duplicates(data) -> pd.DataFrame:
    """The rows whose inputs are, bit for bit, those of a row of an earlier split.

    Returns one line per such row and earlier split: split and row (its index there), of and of_row (the split and the
    index of the first row it repeats), same_label. Copies within one split are no leak and are left out.
    """
    keys = _keys(data)
    targets = {split: rows.target for split, rows in data.splits()}
    found = []
    for of, split in combinations(keys, 2):
        first = {key: row for row, key in reversed(keys[of].items())}
        for row, key in keys[split].items():
            if key in first:
                found.append((split, row, of, first[key], bool(targets[split][row] == targets[of][first[key]])))
    return pd.DataFrame(found, columns=COLUMNS)


def _keys(data) -> dict[str, dict[int, bytes]]:
    """Per split, row -> key of the rows that can have a copy in another split; the same key means the same inputs.

    Whole rows are read only where the middle line of pixels (or the middle feature) is found in two splits, so that
    a set of large images which lies on a disk is not read from end to end.
    """
    lines = {split: [_key(line) for line in rows.inputs[:, rows.inputs.shape[1] // 2]] for split, rows in data.splits()}
    splits_with = Counter(line for known in lines.values() for line in set(known))
    return {
        split: {row: _key(rows.inputs[row]) for row, line in enumerate(lines[split]) if splits_with[line] > 1}
        for split, rows in data.splits()
    }


def _key(row: np.ndarray) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(row), digest_size=16).digest()


def duplicate_sentences(duplicates: pd.DataFrame, rows: str, *, kind: str = "exact") -> Iterator[str]:
    """What a table of exact (or near) duplicates says, a sentence for each two splits; rows: what to call the rows.

    >>> table = pd.DataFrame([("validation", 3, "train", 90, True), ("validation", 5, "train", 2, False)])
    >>> list(duplicate_sentences(table.set_axis(COLUMNS, axis=1), "images"))
    ['2 validation images are exact copies of training images (1 with another label)']
    """
    for (split, of), pairs in duplicates.groupby(["split", "of"], sort=False):
        conflicts = len(pairs) - int(pairs["same_label"].sum())
        note = f" ({conflicts} with another label)" if conflicts else ""
        split, of = ADJECTIVE.get(split, split), ADJECTIVE.get(of, of)
        if len(pairs) == 1:
            yield f"1 {split} {rows.removesuffix('s')} is {COPY[kind]} of a {of} {rows.removesuffix('s')}{note}"
        else:
            yield f"{len(pairs)} {split} {rows} are {kind} copies of {of} {rows}{note}"


def telling_features(data, *, most: float = TELLING) -> pd.DataFrame:
    """The features of a table that give the disease away in the training rows, by their value or by their gaps.

    A column that came after the outcome, such as a cause of death, separates the classes alone, and so does one that
    was filled in for one class only. Listed are those with an area under the ROC curve (of the disease class against
    the rest, whichever way round) above `most`. The best honest feature of wisconsin reaches .98.

    data: a TableDataset with classes. Returns feature, by ("value" or "gap") and auc, the highest first.
    """
    from sklearn.metrics import roc_auc_score

    ill, found = data.train.labels == data.disease_class, []
    if ill.all() or not ill.any():
        return pd.DataFrame(columns=["feature", "by", "auc"])
    for name, values in zip(data.feature_names, data.train.features.T, strict=True):
        gap = np.isnan(values)
        for by, score, rows in (("value", values, ~gap), ("gap", gap, np.full(len(gap), True))):
            if 0 < ill[rows].sum() < rows.sum():
                auc = roc_auc_score(ill[rows], score[rows])
                found.append((name, by, max(auc, 1 - auc)))
    table = pd.DataFrame(found, columns=["feature", "by", "auc"])
    return table[table["auc"] > most].sort_values("auc", ascending=False, ignore_index=True)


def thumbnails(images: np.ndarray) -> np.ndarray:
    """Each image as a direction: grey, pooled to at most SIDE × SIDE means, its own mean taken out, length 1.

    images: uint8, shape (n, height, width, channels). Returns float32, shape (n, k) with k at most SIDE²; an image of
    one grey value is all zeros. Neither brightness nor contrast is left: a·image + b with a > 0 has the same thumbnail
    as the image, but for rounding and clipping.
    """
    n, height, width, _ = images.shape
    rows, columns = (np.linspace(0, side, min(side, SIDE), endpoint=False).astype(int) for side in (height, width))
    areas = np.outer(np.diff(rows, append=height), np.diff(columns, append=width))
    made = np.empty((n, areas.size), np.float32)
    step = max(1, _PIXELS_AT_ONCE // (height * width))
    for start in range(0, n, step):
        grey = images[start : start + step].mean(axis=3, dtype=np.float32)
        pooled = np.add.reduceat(np.add.reduceat(grey, rows, axis=1), columns, axis=2) / areas
        made[start : start + step] = pooled.reshape(len(grey), -1)
    made -= made.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(made, axis=1, keepdims=True)
    return np.divide(made, lengths, out=np.zeros_like(made), where=lengths > 1e-3)


def usual_distance(vectors: np.ndarray, *, pairs: int = 20_000) -> float:
    """Median Euclidean distance between two different rows drawn at random from vectors, shape (n, k)."""
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, len(vectors), (2, pairs))
    different = one != other
    return float(np.median(np.linalg.norm(vectors[one[different]] - vectors[other[different]], axis=1)))


def near_duplicates(data, *, near: float = NEAR) -> pd.DataFrame:
    """The images whose thumbnail all but equals that of an image of an earlier split; exact copies are left out.

    Two images count as near duplicates where the Euclidean distance of their thumbnails is below `near` times the
    usual distance, the median between two training images drawn at random: what "close" means differs from one data
    set to the next, and radiographs are all alike. With r the correlation of the pooled pictures, the distance is
    sqrt(2 - 2r). An eighth is a choice made on data. Of pictures that are no copies the nearest two lie .25 of the
    usual distance apart on PneumoniaMNIST and .15 on simulated radiographs of ten seeds, each of 2,600 people. Of
    copies with contrast × 0.7, noise of 3 grey values or saved as JPEG (quality 75) over 99 % lie closer than an
    eighth, of copies with noise of 6 grey values 87 %, of copies so bright that white saturates 84 %.
    Copies that were shifted, flipped, turned or cropped are not found.

    Returns the columns of exact_duplicates and `distance`, as a share of the usual distance, closest first: for each
    row and earlier split the nearest image there.
    """
    copies = {(pair.split, pair.row, pair.of) for pair in exact_duplicates(data).itertuples()}
    vectors = {split: thumbnails(rows.inputs) for split, rows in data.splits()}
    targets = {split: rows.target for split, rows in data.splits()}
    usual = usual_distance(vectors["train"])
    found = []
    for of, split in combinations(vectors, 2):
        nearest, distances = _nearest(vectors[split], vectors[of])
        for row in np.nonzero(distances <= near * usual)[0]:
            if (split, row, of) not in copies:
                same = bool(targets[split][row] == targets[of][nearest[row]])
                share = float(distances[row]) / usual if usual else 0.0
                found.append((split, int(row), of, int(nearest[row]), same, share))
    return pd.DataFrame(found, columns=[*COLUMNS, "distance"]).sort_values("distance", ignore_index=True)


def _nearest(queries: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each query (n, k) the index of the nearest reference (m, k) and the distance, in blocks of bounded memory."""
    nearest = np.empty(len(queries), np.int64)
    squares = (reference**2).sum(axis=1)
    step = max(1, _DISTANCES_AT_ONCE // len(reference))
    for start in range(0, len(queries), step):
        block = queries[start : start + step]
        nearest[start : start + step] = (squares - 2 * block @ reference.T).argmin(axis=1)
    return nearest, np.linalg.norm(queries - reference[nearest], axis=1)
