"""A published score meets somebody's genotypes: every variant of it is used, or counted with the reason why not."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.errors import DataError

COMPLEMENT = str.maketrans("ACGT", "TGCA")
HARMONISED = {"hm_chr": "chromosome", "hm_pos": "position"}  # positions that the catalogue has checked and lifted over
AS_PUBLISHED = {"chr_name": "chromosome", "chr_position": "position"}
USED = ("as it is", "letters swapped", "other strand", "other strand, letters swapped")
SPECIAL = ("is_interaction", "is_haplotype", "is_dominant", "is_recessive")  # weights that copies alone do not carry


def read_scoring_file(path: Path) -> tuple[pd.DataFrame, str]:
    """A scoring file of the PGS Catalog (pgscatalog.org, text, .gz or not): its variants, and the genome build.

    Columns: chromosome, position (whole numbers, -1 where the file has none), effect, other (letters, upper case,
    "" where absent), weight, special (whether the weight is not per copy). The build is that of the positions:
    HmPOS_build of a harmonised file, else genome_build; "not stated" where neither is. Raises DataError for a file
    without positions, letters and weights.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        _refuse(path, "a text, compressed or not", str(error))
    told = dict(line.lstrip("#").split("=", 1) for line in lines if line.startswith("#") and "=" in line)
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    table = pd.DataFrame(rows[1:], columns=rows[0] if rows else []).fillna("")
    names, build = next(
        (
            (names, told.get(key) or "not stated")
            for names, key in ((HARMONISED, "HmPOS_build"), (AS_PUBLISHED, "genome_build"))
            if set(names) <= set(table)
        ),
        ({}, ""),
    )
    if not names or not {"effect_allele", "effect_weight"} <= set(table):
        _refuse(path, "chr_name, chr_position, effect_allele and effect_weight", ", ".join(table) or "no column")
    weight = pd.to_numeric(table["effect_weight"], errors="coerce")
    if weight.isna().any():
        _refuse(path, "a number in each effect_weight", repr(table["effect_weight"][weight.isna()].iloc[0]))
    other = next((table[name] for name in ("other_allele", "hm_inferOtherAllele") if name in table), "")
    special = [table[name].str.lower().isin(["true", "1"]) for name in SPECIAL if name in table]
    chromosome, position = names
    return pd.DataFrame(
        {
            "chromosome": table[chromosome].str.removeprefix("chr"),
            "position": pd.to_numeric(table[position], errors="coerce").fillna(-1).astype(np.int64),
            "effect": table["effect_allele"].str.upper(),
            "other": other if isinstance(other, str) else other.str.upper(),
            "weight": weight,
            "special": np.any(special, axis=0) if special else False,
        }
    ), build


def match(score: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """What can be made of each variant of a score among the places of a genotype file: one row per variant.

    score: as read_scoring_file gives it. places: chromosome, position, counted, other. Columns: place (row of places,
    -1 where none), what (one of USED, or why it is not used), swapped (whether the effect letter is the place's other
    one). A and T, or C and G, are the same pair on both strands: ambiguous, and not used, since nothing tells which
    strand a file means. Taught in notebooks/10_genomics.ipynb, section 4.3.
    """
    at = {key: row for row, key in enumerate(zip(places["chromosome"].astype(str), places["position"], strict=True))}
    counted, others = places["counted"].to_numpy(), places["other"].to_numpy()
    found, seen = [], set()
    for one in score.itertuples():
        key = (one.chromosome, one.position)
        place = at.get(key, -1)
        what, swapped = "not among the genotypes", False
        if one.special:
            what = "weight is not per copy"
        elif one.position < 0:
            what = "no position in this build"
        elif key in seen:
            what = "place twice in the score"
        elif place >= 0:
            what, swapped = judge(one.effect, one.other, counted[place], others[place])
        seen.add(key)
        found.append((place, what, swapped))
    return pd.DataFrame(found, columns=["place", "what", "swapped"])


def judge(effect: str, other: str, counted: str, place_other: str) -> tuple[str, bool]:
    """How the letters of a score fit those of a place, one of USED or a reason, and whether they are swapped."""
    if len(counted) != 1 or len(place_other) != 1 or len(effect) != 1:
        return "more than one letter", False
    if not other:
        return "no other letter stated", False
    if effect.translate(COMPLEMENT) == other:
        return "ambiguous: A/T or C/G", False
    for strand, (a, b) in (("", (effect, other)), ("other strand", _turned(effect, other))):
        if (a, b) == (counted, place_other):
            return strand or "as it is", False
        if (b, a) == (counted, place_other):
            return f"{strand}, letters swapped" if strand else "letters swapped", True
    return "other letters: another variant, or another build", False


def _turned(effect: str, other: str) -> tuple[str, str]:
    return effect.translate(COMPLEMENT), other.translate(COMPLEMENT)


def apply(score: pd.DataFrame, matched: pd.DataFrame, copies: np.ndarray) -> tuple[np.ndarray, int]:
    """The score of each person, (people,), from the variants that are used, and how many calls were missing.

    copies: (people, places), 0, 1 or 2 copies of `counted`, -1 where the call is missing: there, the mean of the
    people with a call counts (twice the frequency). Taught in notebooks/10_genomics.ipynb, section 4.3.
    """
    used = matched["what"].isin(USED).to_numpy()
    known = copies[:, matched["place"].to_numpy()[used]].astype(np.float64)
    missing = known < 0
    known[missing] = np.nan
    means = np.nansum(known, axis=0) / np.maximum((~missing).sum(axis=0), 1)
    known = np.where(missing, means, known)
    counts = np.where(matched["swapped"].to_numpy()[used], 2 - known, known)
    return counts @ score["weight"].to_numpy()[used], int(missing.sum())


def _refuse(path: Path, expected: str, found: str):
    raise DataError(path.name, expected=expected, found=found, todo="Choose a scoring file of the PGS Catalog.")
