"""The data sets of the course behind one door: a name or a path in, checked images or tables out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from helpers.datasets.contract import DataError, Described, ImageDataset, Split, SplitByPatient, counts, provenance
from helpers.datasets.demands import kind_of_data, require_every_class, require_kind, require_size
from helpers.datasets.draws import draw_patients, limit_training
from helpers.datasets.given import readable
from helpers.datasets.series import Record, SeriesDataset, SeriesSplits, record_counts
from helpers.datasets.simulators.bone import simulate_bone
from helpers.datasets.simulators.chemistry.molecules import simulate_molecules
from helpers.datasets.simulators.chest import simulate_chest
from helpers.datasets.simulators.tissue import simulate_tissue
from helpers.datasets.sources.catalogue import names_of_kind, set_and_size
from helpers.datasets.sources.cgm import load_big_ideas_glucose, load_cgm
from helpers.datasets.sources.genetics.sequences import load_ctcf, load_jaspar
from helpers.datasets.sources.genetics.thousand_genomes import load_thousand_genomes
from helpers.datasets.sources.glucose import load_glucose
from helpers.datasets.sources.medmnist import load_archive, load_medmnist
from helpers.datasets.sources.molecules.molnet import load_bbbp, load_esol
from helpers.datasets.sources.molecules.own import read_own_molecules
from helpers.datasets.sources.recordings.bonn import is_bonn, load_bonn
from helpers.datasets.sources.recordings.mitdb import load_mitdb
from helpers.datasets.sources.stored import remembered
from helpers.datasets.sources.tables.heart import load_heart
from helpers.datasets.sources.tables.own import read_own_table
from helpers.datasets.sources.tables.pima import load_pima
from helpers.datasets.sources.tables.support import load_support2
from helpers.datasets.sources.tables.survival import load_flchain, load_pbc
from helpers.datasets.tables import TableDataset, load_diabetes, load_wisconsin
from helpers.notebook.running import choices_where

SIMULATORS = {"chest": simulate_chest, "bone": simulate_bone, "tissue": simulate_tissue}
OWN_FILES = {"a table": read_own_table, "molecules": read_own_molecules}  # in a .csv, where a notebook asks for them
WITH_DOSE = ("chest", "bone")  # radiographs: X-rays can be spared, at the cost of noise
SHIPPED = {"glucose": load_glucose}
TABLES = {"wisconsin": load_wisconsin, "diabetes": load_diabetes}  # real, and shipped with scikit-learn
MADE_UP = {"molecules": simulate_molecules}
LOADERS = SIMULATORS | SHIPPED | TABLES | MADE_UP  # whatever needs no download
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
SERIES_FILES = tuple(kind + packed for kind in (".csv", ".tsv", ".txt", ".json") for packed in ("", ".gz"))
WORKBOOKS = (".xlsx", ".xls", ".xlsm")  # refused with what to do: what people have is often a table in one


def dataset_names() -> list[str]:
    """Names that `load` knows: what needs no download first, then the downloads, each at its smallest size."""
    return [*LOADERS, *DOWNLOADED_SERIES, *names_of_kind("medmnist"), *FETCHED]


def load(dataset: str, *, seed: int = 1, dose: float = 1.0) -> Described:
    """The data set of that name, or the one in the file at that path: images in an .npz, glucose readings in a .csv (a
    table of patients where the notebook asks for tables),
    the segments of Bonn in a folder or an archive of them.

    A MedMNIST set's name means its images of 28 pixels a side; with -64, -128 or -224 behind it, larger ones.
    What comes back is a dataclass of this package: an ImageDataset, a SeriesDataset, a TableDataset, or one of beats,
    molecules, genotypes, sequences, matrices or segments.
    seed: of the simulators and of splits that are drawn (tables, beats, molecules); a set that comes with its splits,
    or without any, is the same with every seed.
    dose: photons that form each simulated radiograph (chest, bone), as a multiple of the nominal exposure.
    Raises DataError for an unknown name, an absent file, a file with any fault, or another dose than 1 with a set whose
    dose is past changing; for a split without one of the classes; in a running notebook also for data of another kind
    than its `dataset` asks for, and for images that are too small for a network.
    Taught in notebooks/02_cnn_imaging.ipynb, section 1.
    """
    names = choices_where("dataset", dataset)
    asked = [kind for name in names if (kind := _kind_of_name(name))]
    if dataset.lower().endswith(".npz"):
        require_kind(Path(dataset).name, ["images"], asked, names)
    elif dataset.lower().endswith(SERIES_FILES):
        require_kind(Path(dataset).name, ["time series", "a table", "molecules"], asked, names)
    own = [kind for kind in OWN_FILES if dataset.lower().endswith(".csv") and kind in asked]
    if own and "time series" not in asked:
        data = OWN_FILES[own[0]](Path(readable(dataset)), seed=seed)
    else:
        data = _load(dataset, seed, dose)
    require_kind(data.name, [kind_of_data(data)], asked, names)
    if asked:
        require_size(data)
    if isinstance(data, (ImageDataset, TableDataset)):
        require_every_class(data)
    return data


def _kind_of_name(name: str) -> str | None:
    """What a data set of that name is, as a sentence calls it; None for a name that says nothing of it."""
    if name in SIMULATORS:
        return "images"
    if name in SHIPPED or name in DOWNLOADED_SERIES:
        return "time series"
    if name in MADE_UP:
        return "molecules"
    if name in TABLES:
        return "a table"
    return "images" if name not in FETCHED and set_and_size(name) else None  # last: it reads the whole catalogue


def _load(dataset: str, seed: int, dose: float) -> Described:
    """The data set as it is, whatever it is asked for."""
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
    if dataset.lower().endswith(SERIES_FILES + WORKBOOKS):
        return load_cgm(dataset)
    if is_bonn(dataset):
        return load_bonn(dataset)
    if dataset.endswith(".npz") or _is_there(dataset):
        return load_archive(dataset)
    raise DataError(
        repr(dataset),
        expected=f"one of {', '.join(dataset_names())}, a MedMNIST name with -64, -128 or -224 behind it, "
        "or the path of an .npz or .csv file",
        found="neither",
        todo="Check the spelling.",
    )


def _is_there(path: str) -> bool:
    """Whether there is something at a path; also where that cannot be seen, which is for whoever opens it to say."""
    try:
        return Path(path).exists()
    except OSError:
        return True
