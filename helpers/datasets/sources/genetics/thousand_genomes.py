"""Common variants of the 1000 Genomes Project, in people of 26 populations who are not related."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.datasets.errors import DataError
from helpers.datasets.genotypes import GenotypeDataset
from helpers.datasets.sources.genetics.vcf import read_vcf
from helpers.datasets.sources.listed import described, fetch_listed

VARIANTS = "thousand_genomes_1004.vcf.gz"
PANEL = "integrated_call_samples_v3.20130502.ALL.panel"
COLUMNS = ["sample", "pop", "super_pop", "gender"]
UNRELATED = 2_504  # people of phase 3; copies of the panel with more rows have 31 relatives of theirs behind them
SEX = {"female": "F", "male": "M"}


def load_thousand_genomes(*, seed: int = 1) -> GenotypeDataset:
    """1,004 common variants of the 2,504 unrelated people of phase 3, the same with every seed.

    The file of variants has 3,202 samples: the 698 that are children, parents or siblings of the others are left out.
    Raises DataError as fetch_listed does.
    """
    paths = fetch_listed("thousand_genomes")
    return read_thousand_genomes(paths[VARIANTS], paths[PANEL])


def read_thousand_genomes(variants: Path, panel: Path, *, unrelated: int = UNRELATED) -> GenotypeDataset:
    """The same, from a VCF file and a panel (sample, pop, super_pop, gender) that begins with the unrelated people."""
    people, found = read_panel(panel)[:unrelated], read_vcf(variants)
    at = {sample: row for row, sample in enumerate(found.samples)}
    absent = [sample for sample in people.index if sample not in at]
    if absent:
        raise DataError(
            variants.name,
            expected=f"all {len(people):,} people of {panel.name}",
            found=f"{len(absent):,} absent, for example {absent[0]}",
            todo="Use the panel that belongs to these variants.",
        )
    copies = found.copies[[at[sample] for sample in people.index]]
    chromosomes = np.where(found.places["chromosome"] == "X", (people["sex"] == "M").to_numpy()[:, np.newaxis], False)
    whole = 2 - chromosomes.astype(np.int64)  # letters that each person has at each place
    common = copies.sum(axis=0) * 2 > whole.sum(axis=0)  # the alternative is the commoner letter: count the other
    copies = np.where(common, whole - copies, copies)
    reference, alternative = found.places["reference"], found.places["alternative"]
    places = found.places[["chromosome", "position"]].assign(
        counted=np.where(common, reference, alternative),
        other=np.where(common, alternative, reference),
        frequency=copies.sum(axis=0) / whole.sum(axis=0),
    )
    return GenotypeDataset(
        **described("thousand_genomes"),
        patients_known=True,
        genotypes=copies,
        people=people,
        places=places,
        relatives_left_out=len(found.samples) - len(people),
    )


def read_panel(path: Path) -> pd.DataFrame:
    """Population, super_population and sex of each sample, indexed by its name, in the file's order.

    Raises DataError naming the file and line where it is no panel.
    """
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    if not lines or lines[0] != COLUMNS:
        _refuse(path, f"the columns {' '.join(COLUMNS)} in line 1", " ".join(lines[0]) if lines else "an empty file")
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(COLUMNS) or line[3] not in SEX:
            _refuse(path, f"a sample, two populations and male or female in line {number}", " ".join(line))
    table = pd.DataFrame(lines[1:], columns=["sample", "population", "super_population", "sex"]).set_index("sample")
    return table.assign(sex=table["sex"].map(SEX))


def _refuse(path: Path, expected: str, found: str):
    raise DataError(path.name, expected=expected, found=found, todo="Fetch the panel again.")
