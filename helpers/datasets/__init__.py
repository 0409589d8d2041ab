"""The data sets of the course behind one door: a name or a path in, checked images or tables out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from helpers.datasets.contract import DataError, ImageDataset, Split, SplitByPatient, counts, provenance
from helpers.datasets.given import readable
from helpers.datasets.series import Record, SeriesDataset, SeriesSplits, record_counts
from helpers.datasets.simulators.bone import simulate_bone
from helpers.datasets.simulators.chest import simulate_chest
from helpers.datasets.simulators.tissue import simulate_tissue
from helpers.datasets.sources.catalogue import names_of_kind, set_and_size
from helpers.datasets.sources.cgm import load_big_ideas_glucose, load_cgm
from helpers.datasets.sources.glucose import load_glucose
from helpers.datasets.sources.medmnist import load_archive, load_medmnist
from helpers.datasets.sources.stored import remembered
from helpers.datasets.tables import TableDataset, load_diabetes, load_wisconsin

SIMULATORS = {"chest": simulate_chest, "bone": simulate_bone, "tissue": simulate_tissue}
WITH_DOSE = ("chest", "bone")  # radiographs: X-rays can be spared, at the cost of noise
SHIPPED = {"glucose": load_glucose}
TABLES = {"wisconsin": load_wisconsin, "diabetes": load_diabetes}  # real, and shipped with scikit-learn
LOADERS = SIMULATORS | SHIPPED | TABLES  # whatever needs no download
DOWNLOADED_SERIES = {"big-ideas": load_big_ideas_glucose}
SERIES_FILES = tuple(kind + packed for kind in (".csv", ".tsv", ".txt", ".json") for packed in ("", ".gz"))
WORKBOOKS = (".xlsx", ".xls", ".xlsm")  # refused with what to do: what people have is often a table in one


def dataset_names() -> list[str]:
    """Names that `load` knows: what needs no download first, then the downloads, each at its smallest size."""
    return [*LOADERS, *DOWNLOADED_SERIES, *names_of_kind("medmnist")]


def load(dataset: str, *, seed: int = 1, dose: float = 1.0) -> ImageDataset | SeriesDataset | TableDataset:
    """The data set of that name, or the one in the file at that path: images in an .npz, glucose readings in a .csv.

    A MedMNIST set's name means its images of 28 pixels a side; with -64, -128 or -224 behind it, larger ones.
    seed: of the simulators and of the tables' splits; a shipped or downloaded set or a file is the same with every
    seed.
    dose: photons that form each simulated radiograph (chest, bone), as a multiple of the nominal exposure.
    Raises DataError for an unknown name, an absent file, a file with any fault, or another dose than 1 with a set whose
    dose is past changing.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    if dose != 1 and dataset in WITH_DOSE:
        return remembered(f"{dataset}-dose-{dose!r}", seed, partial(SIMULATORS[dataset], dose=dose))
    if dose != 1:
        raise DataError(
            repr(dataset),
            expected=f"dose 1 with any set but {' and '.join(WITH_DOSE)}, whose radiographs are simulated",
            found=f"dose {dose}",
            todo="Leave dose at 1, or simulate.",
        )
    if dataset in SIMULATORS:
        return remembered(dataset, seed, SIMULATORS[dataset])
    if dataset in SHIPPED:
        return SHIPPED[dataset]()
    if dataset in LOADERS:
        return LOADERS[dataset](seed=seed)
    if dataset in DOWNLOADED_SERIES:
        return DOWNLOADED_SERIES[dataset]()
    if set_and_size(dataset):
        return load_medmnist(dataset)
    dataset = readable(dataset)
    if dataset.lower().endswith(SERIES_FILES + WORKBOOKS):
        return load_cgm(dataset)
    if dataset.endswith(".npz") or Path(dataset).exists():
        return load_archive(dataset)
    raise DataError(
        repr(dataset),
        expected=f"one of {', '.join(dataset_names())}, a MedMNIST name with -64, -128 or -224 behind it, "
        "or the path of an .npz or .csv file",
        found="neither",
        todo="Check the spelling.",
    )


def draw_patients(rows: Split, patients: int, *, seed: int) -> Split:
    """The rows of so many patients, drawn at random with the seed, in their order; all rows where there are not more.

    Taught in notebooks/05_overfitting.ipynb, section 5.
    """
    people = np.unique(rows.patients)
    if len(people) <= patients:
        return rows
    kept = np.random.default_rng(seed).choice(people, size=patients, replace=False)
    return rows.rows(np.isin(rows.patients, kept))


def limit_training(data: ImageDataset, patients: int, *, seed: int = 1) -> ImageDataset:
    """The same data set with at most so many people in its training split; validation and test stay whole.

    The people are drawn at random with the seed, each with all of their images, which keep their order.

    Raises DataError for time series, which are split where they are cut into windows.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    if not isinstance(data, SplitByPatient):
        raise DataError(
            data.name,
            expected="a data set in three splits, of images or a table",
            found=f"{data.title}, which are time series",
            todo="Choose another data set, or the notebook that forecasts.",
        )
    drawn = draw_patients(data.train, patients, seed=seed)
    return data if drawn is data.train else data.with_train(np.isin(data.train.patients, drawn.patients))
