"""The loops that one writes first: what the course's helpers and the libraries below them are measured against.

Each gives what its helper gives; bench.loops asserts that before it times them.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from helpers.datasets.contract import ImageDataset, Split
from helpers.datasets.series import Record
from helpers.evaluation import Interval


def pictures_one_by_one(picture: Callable, data: ImageDataset, seed: int) -> dict[str, np.ndarray]:
    """The images of a simulated set by split, each taken on its own; picture: such as chest.render_patient."""
    images, seen = {}, {}
    for split, rows in data.splits():
        taken = []
        for patient, label in zip(rows.patients.tolist(), rows.labels.tolist(), strict=True):
            view = seen.get(patient, 0)
            seen[patient] = view + 1
            site = data.patient_table.loc[patient, "site"]
            taken.append(picture(patient=patient, label=label, view=view, site=site, seed=seed)[0])
        images[split] = np.stack(taken).reshape(rows.images.shape)
    return images


def copies_of_earlier_rows(data: ImageDataset) -> list[tuple[str, int, str, int]]:
    """The images that repeat one of an earlier split, by comparing each with each: split, row, of, of_row."""
    splits, found = list(data.splits()), []
    for later in range(1, len(splits)):
        for of, earlier in splits[:later]:
            split, rows = splits[later]
            for row, image in enumerate(rows.images):
                for of_row, other in enumerate(earlier.images):
                    if np.array_equal(image, other):
                        found.append((split, row, of, of_row))
                        break
    return found


def readings_of(path: Path) -> dict[str, list[tuple[datetime, float]]]:
    """Times and glucose of each person's readings in a table of id, time and gl, line by line."""
    people: dict[str, list[tuple[datetime, float]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["gl"]:
                reading = datetime.fromisoformat(line["time"]), float(line["gl"])
                people.setdefault(line["id"], []).append(reading)
    return people


def windows_of(record: Record, history: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets of a record without gaps, window by window."""
    inputs, targets = [], []
    for start in range(len(record) - history - horizon + 1):
        window = []
        for step in range(history):
            window.append(record.values[start + step])
        inputs.append(window)
        targets.append(record.values[start + history + horizon - 1, 0])
    return np.array(inputs), np.array(targets)


def bootstrap_auc(rows: Split, probabilities: np.ndarray, *, draws: int, seed: int) -> Interval:
    """The AUC with its interval from resampled patients: draw, collect their rows, ask scikit-learn, draw by draw."""
    rng, people, values = np.random.default_rng(seed), np.unique(rows.patients), []
    while len(values) < draws:
        drawn = people[rng.integers(len(people), size=len(people))]
        index = np.concatenate([np.flatnonzero(rows.patients == person) for person in drawn])
        if len(np.unique(rows.labels[index])) == 2:
            values.append(roc_auc_score(rows.labels[index], probabilities[index, 1]))
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(roc_auc_score(rows.labels, probabilities[:, 1]), float(low), float(high))


def nearest_means(holed: np.ndarray, neighbours: int) -> np.ndarray:
    """Gaps filled with the mean over the nearest rows that have the value, gap by gap; distances as scikit-learn's."""
    filled = holed.copy()
    for row, column in zip(*np.nonzero(np.isnan(holed)), strict=True):
        distances = []
        for other in range(len(holed)):
            if math.isnan(holed[other, column]):
                continue
            apart = [
                (a - b) ** 2
                for a, b in zip(holed[row].tolist(), holed[other].tolist(), strict=True)
                if not (math.isnan(a) or math.isnan(b))
            ]
            if apart:
                distances.append((math.sqrt(sum(apart) * holed.shape[1] / len(apart)), other))
        nearest = [other for _, other in sorted(distances)[:neighbours]]
        filled[row, column] = sum(holed[other, column] for other in nearest) / len(nearest)
    return filled


def mean_filled(holed: np.ndarray) -> np.ndarray:
    """Gaps filled with the mean of their column, cell by cell."""
    filled = holed.copy()
    for column in range(holed.shape[1]):
        known = [value for value in holed[:, column].tolist() if not math.isnan(value)]
        for row in range(len(holed)):
            if math.isnan(holed[row, column]):
                filled[row, column] = sum(known) / len(known)
    return filled


def drawn_one_by_one(holed: np.ndarray, column: int, known: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One draw of multiple imputation (a normal regression on what is known), gap by gap."""
    gone, filled = np.isnan(holed[:, column]), holed.copy()
    design = np.column_stack([np.ones(len(holed)), known])
    line, residues, _, _ = np.linalg.lstsq(design[~gone], holed[~gone, column], rcond=None)
    freedom = int((~gone).sum()) - design.shape[1]
    variance = float(residues[0]) / rng.chisquare(freedom)
    line = rng.multivariate_normal(line, variance * np.linalg.inv(design[~gone].T @ design[~gone]))
    for row in np.flatnonzero(gone):
        filled[row, column] = design[row] @ line + rng.normal(0, math.sqrt(variance))
    return filled


def carried_forward(readings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The last reading up to each step and its age in steps; NaN, and the age since the start, before the first."""
    values, ages, last, at = [], [], math.nan, 0
    for step, reading in enumerate(readings.tolist()):
        if not math.isnan(reading):
            last, at = reading, step
        values.append(last)
        ages.append(step - at)
    return np.array(values), np.array(ages)
