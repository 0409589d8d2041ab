"""Genotypes of one's own (VCF or PLINK), as the lesson takes them, and a scoring file with every fault planted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets import load
from helpers.datasets.errors import DataError
from helpers.datasets.genotypes import GenotypeDataset
from helpers.datasets.given import readable
from helpers.datasets.sources.genetics.plink import read_plink
from helpers.datasets.sources.genetics.thousand_genomes import read_panel
from helpers.datasets.sources.genetics.vcf import read_vcf
from helpers.lessons.genomics.scoring_files import COMPLEMENT

FEWEST = 50  # people, for a score to be made and tested
NOT_CALLED = -1
PLANTED = 150  # variants of the made-up scoring file that are of the places
HEADER = "###PGS CATALOG SCORING FILE\n#pgs_id=made up\n#genome_build=GRCh37\n"


def read_copies(path: Path) -> tuple[np.ndarray, pd.DataFrame, pd.DataFrame]:
    """Copies (people, places), -1 where not called, with the tables of places and people of a .vcf, .vcf.gz or .bed.

    Populations come from a panel of the same name beside a VCF (x.panel beside x.vcf.gz: sample, pop, super_pop,
    gender); without one, all people are one group. Raises DataError for another ending, or a file that is none.
    """
    name = path.name.lower()
    if name.endswith(".bed"):
        read = read_plink(path)
        samples = read.samples["sample"].to_numpy()
        return read.copies.astype(np.int64), read.places[["chromosome", "position", "counted", "other"]], _one(samples)
    if not name.endswith((".vcf", ".vcf.gz")):
        raise DataError(path.name, expected=".vcf, .vcf.gz or .bed", found=path.suffix, todo="Convert it with PLINK.")
    found = read_vcf(path, not_called=NOT_CALLED)
    panel = path.with_name(path.name[: name.index(".vcf")] + ".panel")
    people = _one(found.samples)
    if panel.is_file():
        people.update(read_panel(panel))
    places = found.places.rename(columns={"alternative": "counted", "reference": "other"})
    return found.copies, places.assign(chromosome=places["chromosome"].str.removeprefix("chr")), people


def _one(samples) -> pd.DataFrame:
    return pd.DataFrame({"population": "all", "super_population": "all", "sex": "unknown"}, index=list(samples))


def load_genomes(genomes: str) -> GenotypeDataset:
    """A set by name, or the genotypes of a file, in which a call that is missing becomes the rounded mean of its place.

    How many are missing is in its notes. Raises DataError as read_copies does, and for fewer than 50 people.
    Taught in notebooks/10_genomics.ipynb, section 4.
    """
    if genomes == "thousand_genomes":
        return load(genomes)
    path = Path(readable(genomes))
    copies, places, people = read_copies(path)
    if len(copies) < FEWEST:
        raise DataError(path.name, expected=f"{FEWEST} people or more", found=str(len(copies)), todo="Take more.")
    missing = copies == NOT_CALLED
    means = np.where(missing, 0, copies).sum(axis=0) / np.maximum((~missing).sum(axis=0), 1)
    filled = np.where(missing, np.rint(means).astype(np.int64), copies)
    return GenotypeDataset(
        name=path.name,
        title=path.name,
        source="a file of yours",
        licence="not stated",
        citation="not stated",
        simulated=False,
        patients_known=True,
        notes=(f"{int(missing.sum()):,} calls are missing; each became the rounded mean of its place.",),
        genotypes=filled,
        people=people,
        places=places.assign(frequency=filled.mean(axis=0) / 2),
        relatives_left_out=0,
    )


def for_scoring(data: GenotypeDataset, genomes: str, *, seed: int) -> tuple[Path, np.ndarray, pd.DataFrame]:
    """A made-up scoring file for these places, and the copies (-1 where not called) and places to score.

    Of a file of one's own they are as it has them; else one call in a hundred is made missing.
    Taught in notebooks/10_genomics.ipynb, section 4.3.
    """
    if genomes not in ("simulated", "thousand_genomes"):
        copies, places, _ = read_copies(Path(readable(genomes)))
    else:
        copies, places = data.genotypes.astype(np.int8), data.places
        copies[np.random.default_rng(seed).random(copies.shape) < 0.01] = NOT_CALLED
    path = Path(tempfile.mkdtemp()) / "made_up_score.txt"
    path.write_text(made_up_score(places, seed=seed), encoding="utf-8")
    return path, copies, places


def made_up_score(places: pd.DataFrame, *, seed: int) -> str:
    """The text of a scoring file with up to 150 of these places as they are, swapped or on the other strand, and a few
    with other letters, at other positions, twice, or with a weight that is not per copy."""
    rng = np.random.default_rng(seed)
    chosen = places.iloc[np.sort(rng.choice(len(places), min(PLANTED, len(places)), replace=False))]
    rows = []
    for number, one in enumerate(chosen.itertuples()):
        effect, other = one.counted, one.other
        if number % 3 == 1:
            effect, other = other, effect
        if number % 5 == 2:
            effect, other = effect.translate(COMPLEMENT), other.translate(COMPLEMENT)
        if number % 25 == 7:  # a third letter
            effect = next(letter for letter in "ACGT" if letter not in (one.counted, one.other, other))
        position = one.position + (1 if number % 30 == 11 else 0)
        rows.append([one.chromosome, position, effect, other, f"{rng.normal(0, 0.1):.4f}", str(number % 40 == 3)])
    rows += rows[:2]  # twice
    columns = ["chr_name", "chr_position", "effect_allele", "other_allele", "effect_weight", "is_recessive"]
    return HEADER + "\n".join("\t".join(map(str, row)) for row in [columns, *rows]) + "\n"
