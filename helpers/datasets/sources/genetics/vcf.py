"""A file of variants (VCF) as numbers: how many copies of the alternative letter each sample has at each place."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.datasets.errors import DataError

FIXED = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
# Two letters, one of each parent, or one where there is one chromosome (X of men); | and / tell whether it is known
# which came from whom, which does not matter here (VCF 4.3, section 1.6.2).
COPIES = {"0": 0, "1": 1} | {f"{a}{bar}{b}": a + b for a in (0, 1) for b in (0, 1) for bar in "|/"}
MISSING = [".", *(f"{a}{bar}{b}" for a in ".01" for b in ".01" for bar in "|/" if "." in a + b)]


class Variants(NamedTuple):
    """samples: the name of each. places: chromosome, position, reference and alternative letters, a row per place.
    copies: int64, shape (samples, places), of the alternative."""

    samples: list[str]
    places: pd.DataFrame
    copies: np.ndarray


def read_vcf(path: Path, *, not_called: int | None = None) -> Variants:
    """The genotypes of a VCF file, compressed (.gz) or not.

    not_called: what stands for a genotype with a missing letter (./., .|., 0/.); None where there must be none.
    Raises DataError naming the file and the line where it is none, ends early, or has a place with two alternatives or
    a genotype that is missing or has another letter.
    """
    lines, samples, rows, places = 0, None, [], []
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for line in file:
                lines += 1
                if line.startswith("##"):
                    continue
                fields = line.rstrip("\n").split("\t")
                if samples is None:
                    if fields[: len(FIXED)] != FIXED:
                        _refuse(path, f"the columns {' '.join(FIXED)} in line {lines}", repr(line[:40]))
                    samples = fields[len(FIXED) :]
                    continue
                rows.append(_copies(path, lines, fields, len(samples), not_called))
                places.append((fields[0], int(fields[1]), fields[3], fields[4]))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        _refuse(path, "a whole file of variants", str(error))
    if not samples or not rows:
        _refuse(path, "at least one sample and one place", "none")
    table = pd.DataFrame(places, columns=["chromosome", "position", "reference", "alternative"])
    return Variants(samples, table, np.array(rows, np.int64).T)


def _copies(path: Path, number: int, fields: list[str], samples: int, not_called: int | None) -> list[int]:
    if len(fields) != len(FIXED) + samples:
        _refuse(path, f"{len(FIXED) + samples} columns in line {number}", str(len(fields)))
    if not fields[1].isdigit() or "," in fields[4] or fields[8].split(":")[0] != "GT":
        _refuse(path, f"a position, one alternative and genotypes (GT) in line {number}", " ".join(fields[:9]))
    known = COPIES if not_called is None else COPIES | dict.fromkeys(MISSING, not_called)
    try:
        return [known[one.partition(":")[0]] for one in fields[len(FIXED) :]]
    except KeyError as error:
        _refuse(path, f"genotypes such as 0|1 in line {number}", error.args[0])


def _refuse(path: Path, expected: str, found: str):
    raise DataError(path.name, expected=expected, found=found, todo="Fetch the file again, or choose another.")
