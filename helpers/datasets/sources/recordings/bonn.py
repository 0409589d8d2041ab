"""The Bonn recordings of epilepsy: five sets of a hundred segments, from a folder of text files or an archive of it."""

from __future__ import annotations

import lzma
import re
import tarfile
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.eeg import EegDataset
from helpers.datasets.errors import DataError
from helpers.datasets.sources.listed import described, fetch_listed

# Andrzejak et al., Phys Rev E 64:061907, 2001, section II.A
RATE = 173.61  # Hz
SAMPLES, SEGMENTS = 4_097, 100  # of a segment, of a set
GROUPS = pd.DataFrame(
    {
        "state": ["awake, eyes open", "awake, eyes closed", "between seizures", "between seizures", "seizure"],
        "people": ["five healthy people"] * 2 + ["five patients with epilepsy"] * 3,
        "electrodes": [
            "on the scalp",
            "on the scalp",
            "in the hippocampus opposite the focus",
            "in the epileptogenic zone",
            "wherever the seizure showed, in the brain",
        ],
    },
    index=pd.Index(["Z", "O", "N", "F", "S"], name="group"),
)
ARCHIVES = (".tar", ".tar.xz", ".tar.gz", ".tgz")
_NAME = re.compile(r"([ZONFS])(\d{3})\.txt", re.IGNORECASE)


def is_bonn(path: str | Path) -> bool:
    """Whether a path looks like the set: an archive that tar made, or a folder with a file such as Z001.txt in it."""
    path = Path(path)
    if path.is_dir():
        return any(_NAME.fullmatch(file.name) for file in _files(path))
    return path.name.lower().endswith(ARCHIVES)


def load_bonn(path: str | Path | None = None, *, seed: int = 1) -> EegDataset:
    """The 500 segments of 4,097 samples at 173.61 Hz, in the order Z, O, N, F, S, the same with every seed.

    path: a folder with the text files, or with a folder of them for each set, or an archive (.tar, .tar.xz, .tar.gz) of
    one, which is read where it is; None for the copy that the catalogue knows. The originals come in five zip files:
    unpack them into one folder.

    Raises DataError naming the file where one is absent, there twice, not text, or of another length.
    """
    if path is None:
        (path,) = fetch_listed("bonn").values()
    path = Path(path)
    found: dict[tuple[str, int], np.ndarray] = {}
    for name, content in _members(path):
        match = _NAME.fullmatch(name)
        if match:
            key = (match[1].upper(), int(match[2]))
            if key in found:
                _refuse(path, f"segment {name} once", "two files of that name")
            found[key] = _samples(name, content)
    wanted = [(group, number) for group in GROUPS.index for number in range(1, SEGMENTS + 1)]
    absent = [key for key in wanted if key not in found]
    if absent:
        group, number = absent[0]
        _refuse(
            path,
            f"{len(wanted)} segments, {SEGMENTS} of each of the sets {', '.join(GROUPS.index)}",
            f"{len(wanted) - len(absent)}; {group}{number:03d}.txt is the first that is absent",
        )
    facts = described("bonn")
    return EegDataset(
        **facts | {"source": f"your copy {path.name}"},
        patients_known=False,
        signal=np.stack([found[key] for key in wanted]),
        groups=np.array([group for group, _ in wanted]),
        names=np.array([f"{group}{number:03d}" for group, number in wanted]),
        rate=RATE,
        unit="µV, as the article has it; the files state none",
        group_table=GROUPS.copy(),
    )


def _files(folder: Path) -> Iterator[Path]:
    """What is in a folder and in the folders in it; not deeper, since it could be anybody's whole disk."""
    return chain(folder.glob("*"), folder.glob("*/*"))


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name (without folders) and content of each file in a folder or an archive of one; nothing is unpacked."""
    if path.is_dir():
        for file in sorted(_files(path)):
            if file.is_file():
                yield file.name, file.read_bytes()
        return
    if not path.is_file():
        _refuse(path, "a folder of 500 text files, or an archive of one", "nothing at that path")
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile():
                    yield Path(member.name).name, archive.extractfile(member).read()
    except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError) as error:
        _refuse(path, "a whole archive of text files (.tar, .tar.xz or .tar.gz)", str(error).splitlines()[0])


def _samples(name: str, content: bytes) -> np.ndarray:
    """The samples of one segment, float32 (SAMPLES,)."""
    try:
        values = np.array(content.split(), np.float32)
    except ValueError as error:
        _refuse(Path(name), "a number in each line", str(error))
    if values.shape != (SAMPLES,) or not np.isfinite(values).all():
        _refuse(Path(name), f"{SAMPLES:,} numbers", f"{np.isfinite(values).sum():,}")
    return values


def _refuse(path: Path, expected: str, found: str):
    todo = "Unpack the five files of the original (Z, O, N, F, S) into one folder, and give that folder's path."
    raise DataError(path.name, expected=expected, found=found, todo=todo)
