"""PLINK's binary genotypes (.bed, with .bim and .fam beside it) as numbers, in the few lines that the format asks for.

For files that do not fit into memory use bed-reader or pandas-plink, which read a part at a time.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.datasets.errors import DataError

MAGIC = b"\x6c\x1b\x01"  # a .bed file whose places follow each other, as PLINK writes them since 2007
COPIES = np.array([2, -1, 1, 0], np.int8)  # of the first letter of the .bim, by the two bits; 01 is a missing call
BIM = ["chromosome", "id", "morgans", "position", "counted", "other"]
FAM = ["family", "sample", "father", "mother", "sex", "outcome"]


class Plink(NamedTuple):
    """samples: the .fam table. places: the .bim table.
    copies: int8 (samples, places), of `counted`, -1 where missing."""

    samples: pd.DataFrame
    places: pd.DataFrame
    copies: np.ndarray


def read_plink(path: Path) -> Plink:
    """The genotypes of a .bed file and of the .bim and .fam of the same name beside it.

    Two bits a genotype, four genotypes a byte, the first in the lowest bits, each place from a byte of its own (format
    as described at cog-genomics.org/plink/1.9/formats#bed). Raises DataError naming the file where one is absent, is
    none, or has another length than the two tables say.
    """
    tables = {}
    for ending, columns in ((".bim", BIM), (".fam", FAM)):
        beside = path.with_suffix(ending)
        if not beside.is_file():
            _refuse(beside, f"this file beside {path.name}", "none")
        table = pd.read_csv(beside, sep=r"\s+", header=None, dtype=str, keep_default_na=False)
        if table.shape[1] != len(columns):
            _refuse(beside, f"{len(columns)} columns", str(table.shape[1]))
        tables[ending] = table.set_axis(columns, axis=1)
    places = tables[".bim"].astype({"position": int})
    content, samples = path.read_bytes(), len(tables[".fam"])
    if content[:3] != MAGIC:
        _refuse(path, "the bytes 6c 1b 01 at its beginning", content[:3].hex(" ") or "an empty file")
    width = -(-samples // 4)
    if len(content) != 3 + width * len(places):
        _refuse(path, f"{3 + width * len(places):,} bytes for {samples} people and {len(places)} places", len(content))
    packed = np.frombuffer(content, np.uint8, offset=3).reshape(len(places), width)
    bits = np.stack([packed >> shift & 3 for shift in (0, 2, 4, 6)], axis=2).reshape(len(places), 4 * width)
    return Plink(tables[".fam"], places, np.ascontiguousarray(COPIES[bits[:, :samples]].T))


def _refuse(path: Path, expected: str, found: object):
    raise DataError(path.name, expected=expected, found=str(found), todo="Write the file again with PLINK --make-bed.")
