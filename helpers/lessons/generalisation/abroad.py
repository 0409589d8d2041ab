"""Images of other people, from a file: the network stays as it is, and meets them once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import evaluation
from helpers.datasets import DataError, Split
from helpers.datasets.given import readable
from helpers.datasets.sources.archives import read_archive
from helpers.datasets.sources.download import file_hash
from helpers.lessons.generalisation import conformal

METADATA = "metadata.csv"  # beside the file, where there is one: a line per image, in the order of the images
LEAST = 10  # rows of each class below which a group gets no scores


@dataclass(frozen=True, eq=False)
class Abroad:
    """Images of other people with labels 0 and 1, and what is known beside them.

    rows: all images. table: a line per image, None where no such file is there.
    """

    name: str
    rows: Split
    table: pd.DataFrame | None

    @property
    def in_both(self) -> int:
        """How many people have images with the disease and images without."""
        people, group = np.unique(self.rows.patients, return_inverse=True)
        ill = np.bincount(group, self.rows.labels, len(people))
        return int(((ill > 0) & (ill < np.bincount(group))).sum())


def read_abroad(path: str, shape: tuple[int, ...]) -> Abroad:
    """The images in an .npz file: images, labels (0 and 1) and patient, and metadata.csv beside it with their view.

    shape: (height, width, channels) that the network takes. Without patients, every image counts as a person. Raises
    DataError naming the file and the fault: another shape, other labels, a table of other images.

    Taught in notebooks/08_generalisation.ipynb, section 7.4.
    """
    file = Path(readable(path))
    parts = read_archive(file, file_hash(file, "md5"))
    images, labels, patients = (np.concatenate(one) for one in zip(*map(_whole, parts.values()), strict=True))
    if images.shape[1:] != tuple(shape):
        raise DataError(
            file.name, expected=f"images of shape {tuple(shape)}", found=str(images.shape[1:]), todo="Resize them."
        )
    if set(np.unique(labels).tolist()) != {0, 1}:
        raise DataError(
            file.name, expected="labels 0 and 1, both", found=str(np.unique(labels)[:5]), todo="Put classes together."
        )
    if (patients < 0).any():
        patients = np.arange(len(labels))
    table = None
    if (beside := file.with_name(METADATA)).is_file():
        table = pd.read_csv(beside)
        agrees = len(table) == len(labels) and np.array_equal(table.get("label"), labels)
        if not agrees or not np.array_equal(table.get("patient"), patients):
            raise DataError(
                METADATA,
                expected=f"a line for each of {len(labels)} images, with their label and patient, in their order",
                found=f"{len(table)} lines, of other images or in another order",
                todo="Correct it, or move it away.",
            )
    return Abroad(file.name, Split(images, labels, patients), table)


def _whole(part) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    nobody = np.full(len(part.labels), -1)
    return part.images, part.labels, nobody if part.patients is None else part.patients


def view_alone(view: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The share of the ill among all images with the same view, as a score of each image: (n,).

    What someone can foretell who is told the view and never sees an image (computed on these images themselves).

    Taught in notebooks/08_generalisation.ipynb, section 7.4.
    """
    names, of = np.unique(view, return_inverse=True)
    return (np.bincount(of, labels, len(names)) / np.bincount(of))[of]


def auc_by_view(
    rows: evaluation.Labelled, risks: np.ndarray, view: np.ndarray, *, draws: int, seed: int
) -> dict[str, evaluation.Interval]:
    """The AUC among the images of each view with LEAST or more of both classes, with intervals over patients.

    Taught in notebooks/08_generalisation.ipynb, section 7.4.
    """
    found = {}
    for name in np.unique(view):
        here = view == name
        if np.bincount(rows.labels[here], minlength=2).min() >= LEAST:
            some = evaluation.Patients(rows.labels[here], rows.patients[here])
            pair = evaluation.two_columns(risks[here])
            found[str(name)] = evaluation.bootstrap(evaluation.auc, some, pair, draws=draws, seed=seed)
    return found


@dataclass(frozen=True)
class Fixed:
    """What was fixed at home before the network meets other people: where it calls ill, and the limit of its sets.

    Taught in notebooks/08_generalisation.ipynb, section 7.4.
    """

    threshold: float
    limit: float

    def meets(
        self, rows: evaluation.Labelled, risks: np.ndarray, *, draws: int, seed: int
    ) -> dict[str, evaluation.Interval]:
        """Discrimination, calibration, calls and coverage there, each with its 95 % interval over patients."""
        pair = evaluation.two_columns(risks)
        metrics = {
            "AUC": evaluation.auc,
            "O:E": evaluation.observed_to_expected,
            "intercept": evaluation.calibration_intercept,
            "slope": evaluation.calibration_slope,
            "sensitivity": evaluation.called_right(1, self.threshold, "diseased"),
            "specificity": evaluation.called_right(1, self.threshold, "others"),
        }
        found = {
            name: evaluation.bootstrap(metric, rows, pair, draws=draws, seed=seed) for name, metric in metrics.items()
        }
        held = conformal.coverage(conformal.sets(risks, self.limit), rows, draws=draws, seed=seed)
        return found | {"coverage": held.covered, "of the ill": held.of_ill, "of the others": held.of_others}
