"""A simulated data set is made once on a machine: the next load reads the same bits from the cache folder."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.base.paths import cache_folder
from helpers.datasets.contract import ImageDataset, Split
from helpers.datasets.errors import DataError
from helpers.datasets.sources.download import one_writer

PARTS = ("images", "labels", "patients", "masks")
LISTS = ("class_names", "notes")
TEXTS = ("name", "title", "disease_class", "simulated", "patients_known", "source", "licence", "citation")
DAMAGED = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile)
LONGEST_WAIT_SECONDS = 60.0


def remembered(name: str, seed: int, make: Callable[..., ImageDataset]) -> ImageDataset:
    """The data set make(seed=seed), with masks and a patient table: read from the cache, or made and stored there.

    A stored set counts only for the very code that made it, and the versions of NumPy and SciPy: it is kept under a
    hash of them. One that is damaged is made again, and where nothing can be written it is made each time.
    """
    path = cache_folder() / "simulated" / f"{name}-{seed}-{_maker()}.npz"
    try:
        return _read(path)
    except DAMAGED:
        data = make(seed=seed)
    try:
        with one_writer(path, wait=LONGEST_WAIT_SECONDS) as folder:
            _write(data, folder / path.name)
            for outdated in path.parent.glob(f"{name}-{seed}-*.npz"):
                outdated.unlink()
            (folder / path.name).replace(path)
    except DataError:
        return data  # a full or protected disk costs time, not the lesson
    return data


@cache
def _maker() -> str:
    """A hash of what the bits of a simulated set depend on."""
    digest = hashlib.sha256(f"{version('numpy')} {version('scipy')}".encode())
    for module in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()[:16]


def _write(data: ImageDataset, path: Path):
    arrays = {f"{split}_{part}": getattr(rows, part) for split, rows in data.splits() for part in PARTS}
    table = {f"table_{column}": data.patient_table[column].to_numpy(str) for column in data.patient_table}
    facts = {fact: getattr(data, fact) for fact in (*TEXTS, *LISTS)}
    np.savez(path, **arrays, **table, facts=np.array(json.dumps(facts)))


def _read(path: Path) -> ImageDataset:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        facts = json.loads(str(stored["facts"]))
        splits = {
            split: Split(**{part: stored[f"{split}_{part}"] for part in PARTS})
            for split in ("train", "validation", "test")
        }
        table = {
            key.removeprefix("table_"): stored[key].astype(object) for key in stored.files if key.startswith("table_")
        }
    rows = len(next(iter(table.values())))
    return ImageDataset(
        **{fact: facts[fact] for fact in TEXTS},
        **{fact: tuple(facts[fact]) for fact in LISTS},
        **splits,
        patient_table=pd.DataFrame(table, index=pd.RangeIndex(rows, name="patient")),
    )
