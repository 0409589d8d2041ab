"""The data sets of the course behind one door: a name or a path in, checked images or tables out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from helpers.datasets.contract import DataError, Described, ImageDataset, Split, SplitByPatient, counts, provenance
from helpers.datasets.given import readable
from helpers.datasets.series import Record, SeriesDataset, SeriesSplits, record_counts
from helpers.datasets.simulators.bone import simulate_bone
from helpers.datasets.simulators.chest import simulate_chest
from helpers.datasets.simulators.tissue import simulate_tissue
from helpers.datasets.sources.catalogue import names_of_kind, set_and_size
from helpers.datasets.sources.cgm import load_big_ideas_glucose, load_cgm
from helpers.datasets.sources.genetics.sequences import load_ctcf, load_jaspar
from helpers.datasets.sources.genetics.thousand_genomes import load_thousand_genomes
from helpers.datasets.sources.glucose import load_glucose
from helpers.datasets.sources.medmnist import load_archive, load_medmnist
from helpers.datasets.sources.molecules.molnet import load_bbbp, load_esol
from helpers.datasets.sources.recordings.bonn import is_bonn, load_bonn
from helpers.datasets.sources.recordings.mitdb import load_mitdb
from helpers.datasets.sources.stored import remembered
from helpers.datasets.sources.tables.heart import load_heart
from helpers.datasets.sources.tables.pima import load_pima
from helpers.datasets.sources.tables.support import load_support2
from helpers.datasets.sources.tables.survival import load_flchain, load_pbc
from helpers.datasets.tables import TableDataset, load_diabetes, load_wisconsin, require_complete

SIMULATORS = {"chest": simulate_chest, "bone": simulate_bone, "tissue": simulate_tissue}
WITH_DOSE = ("chest", "bone")  # radiographs: X-rays can be spared, at the cost of noise
SHIPPED = {"glucose": load_glucose}
TABLES = {"wisconsin": load_wisconsin, "diabetes": load_diabetes}  # real, and shipped with scikit-learn
LOADERS = SIMULATORS | SHIPPED | TABLES  # whatever needs no download
DOWNLOADED_SERIES = {"big-ideas": load_big_ideas_glucose}
FETCHED = {  # fetched where they are not here, and split with the seed
    "mitdb": load_mitdb,
    "heart": load_heart,
    "flchain": load_flchain,
    "pbc": load_pbc,
    "pima": load_pima,
    "support2": load_support2,
    "esol": load_esol,
    "bbbp": load_bbbp,
    "thousand_genomes": load_thousand_genomes,
    "bonn": load_bonn,
    "ctcf": load_ctcf,
    "jaspar": load_jaspar,
}
SERIES_FILES = (".csv", ".tsv", ".txt")


def dataset_names() -> list[str]:
    """Names that `load` knows: what needs no download first, then the downloads, each at its smallest size."""
    return [*LOADERS, *DOWNLOADED_SERIES, *names_of_kind("medmnist"), *FETCHED]


def load(dataset: str, *, seed: int = 1, dose: float = 1.0) -> Described:
    """The data set of that name, or the one in the file at that path: images in an .npz, glucose readings in a .csv,
    the segments of Bonn in a folder or an archive of them.

    A MedMNIST set's name means its images of 28 pixels a side; with -64, -128 or -224 behind it, larger ones.
    What comes back is a dataclass of this package: an ImageDataset, a SeriesDataset, a TableDataset, or one of beats,
    molecules, genotypes, sequences, matrices or segments.
    seed: of the simulators and of splits that are drawn (tables, beats, molecules); a set that comes with its splits,
    or without any, is the same with every seed.
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
    if dataset in FETCHED:
        return FETCHED[dataset](seed=seed)
    if set_and_size(dataset):
        return load_medmnist(dataset)
    dataset = readable(dataset)
    if Path(dataset).suffix.lower() in SERIES_FILES:
        return load_cgm(dataset)
    if is_bonn(dataset):
        return load_bonn(dataset)
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

    Raises DataError for time series, which are split where they are cut into windows, and for a table with missing
    values, which the models that are trained on this cannot take.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    if not isinstance(data, SplitByPatient):
        raise DataError(
            data.name,
            expected="a data set in three splits, of images or a table",
            found=f"{data.title}, which {'are time series' if isinstance(data, SeriesDataset) else 'comes in none'}",
            todo="Choose another data set, or the notebook that forecasts.",
        )
    if isinstance(data, TableDataset):
        require_complete(data)
    drawn = draw_patients(data.train, patients, seed=seed)
    return data if drawn is data.train else data.with_train(np.isin(data.train.patients, drawn.patients))
