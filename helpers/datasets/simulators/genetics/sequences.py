"""Simulated DNA: letters and neighbouring pairs as common as in real DNA, with a known motif at known places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from helpers.datasets.arguments import check_number, check_whole
from helpers.datasets.sequences import LETTERS, Motif, SequenceDataset, reverse_complement

# Counts of A, C, G and T at the 19 places that the protein CTCF binds to: matrix MA0139.1 of JASPAR 2022, CC BY 4.0
# (Castro-Mondragon et al., Nucleic Acids Research 50:D165, 2022).
CTCF = Motif(
    "MA0139.1",
    "CTCF",
    np.array(
        [
            [87, 167, 281, 56, 8, 744, 40, 107, 851, 5, 333, 54, 12, 56, 104, 372, 82, 117, 402],
            [291, 145, 49, 800, 903, 13, 528, 433, 11, 0, 3, 12, 0, 8, 733, 13, 482, 322, 181],
            [76, 414, 449, 21, 0, 65, 334, 48, 32, 903, 566, 504, 890, 775, 5, 507, 307, 73, 266],
            [459, 187, 134, 36, 2, 91, 11, 324, 18, 3, 9, 341, 8, 71, 67, 17, 37, 396, 59],
        ],
        np.float64,
    ).T,
)
# How often a letter (row) is followed by another (column), A, C, G, T, both strands counted: measured by the course in
# the catalogue's `ctcf`, 500 stretches of 200 bases of the human genome (hg19).
PAIRS = np.array(
    [[9445, 9554, 15547, 6218], [14809, 18752, 9650, 15547], [11385, 19018, 18752, 9554], [5130, 11385, 14809, 9445]],
    np.float64,
)
BOUND_GC, GC_SPREAD = 0.59, 0.08  # share of G and C in those stretches: mean, and SD between them
GENOME_GC = 0.41  # of the whole human genome: International Human Genome Sequencing Consortium, Nature 409:860, 2001
STRONG = np.array([0, 1, 1, 0])  # C and G, the pair with three hydrogen bonds
CHROMOSOMES = tuple(f"chr{number}" for number in range(1, 23))
APART = 10_000  # bases between the starts of simulated stretches


@dataclass(frozen=True, eq=False, kw_only=True)
class PlantedDataset(SequenceDataset):
    """Simulated stretches with one site each. sites: start (0 is the first base) and reverse (on the other strand)."""

    origin: ClassVar[str] = "simulated DNA"

    sites: pd.DataFrame

    @property
    def people_note(self) -> str:
        """Whose DNA it is, in words for `provenance`."""
        return f"{len(self.letters)}, drawn letter by letter, nobody's"


def letters_after(gc: float) -> np.ndarray:
    """The chance of each letter (column) after each letter (row), float64 (4, 4), with a share `gc` of C and G.

    The pairs are those of PAIRS; the columns of C and G are multiplied by one factor, and each row is divided by its
    sum, so that the chain in the long run has that share. Raises ValueError for a share outside 0.05 to 0.95.
    """
    check_number("gc", gc, 0.05, 0.95)

    def tilted(by: float) -> np.ndarray:
        raised = PAIRS / PAIRS.sum(axis=1, keepdims=True) * np.exp(by * STRONG)
        return raised / raised.sum(axis=1, keepdims=True)

    return tilted(brentq(lambda by: shares_of(tilted(by)) @ STRONG - gc, -10, 10, xtol=1e-9))


def shares_of(after: np.ndarray) -> np.ndarray:
    """The share of each letter in the long run of a chain, float64 (4,): what one more step leaves as it is."""
    equations = np.vstack([after.T - np.eye(len(after)), np.ones(len(after))])
    return np.linalg.lstsq(equations, np.array([0, 0, 0, 0, 1.0]))[0]


def simulate_dna(
    n: int, length: int = 200, *, gc: float = BOUND_GC, spread: float = GC_SPREAD, seed: int = 1
) -> np.ndarray:
    """Stretches of DNA without any function, text of shape (n,), each of `length` letters.

    A letter depends on the one before it (a Markov chain, letters_after). Each stretch has a share of C and G of its
    own, drawn from a normal distribution of mean `gc` and SD `spread`, cut at 0.1 and 0.9.
    Raises ValueError naming the argument. Taught in notebooks/10_genomics.ipynb, section 1.
    """
    check_whole("n", n, 1, 1_000_000)
    check_whole("length", length, 1, 100_000)
    check_number("gc", gc, 0.1, 0.9)
    check_number("spread", spread, 0.0, 0.5)
    check_whole("seed", seed, 0, 2**63 - 1)
    rng = np.random.default_rng(seed)
    grid = np.linspace(0.1, 0.9, 81)
    chains = np.array([letters_after(one) for one in grid])
    of = np.abs(np.clip(rng.normal(gc, spread, n), 0.1, 0.9)[:, np.newaxis] - grid).argmin(axis=1)
    first = np.array([shares_of(chain) for chain in chains]).cumsum(axis=1)
    steps, draws = chains.cumsum(axis=2), rng.random((length, n, 1))
    codes = np.empty((n, length), np.int64)
    codes[:, 0] = _drawn(draws[0], first[of])
    for place in range(1, length):
        codes[:, place] = _drawn(draws[place], steps[of, codes[:, place - 1]])
    return _as_text(codes)


def simulate_bound(n: int, length: int = 200, *, motif: Motif = CTCF, seed: int = 1) -> PlantedDataset:
    """Stretches as simulate_dna draws them, into each of which one site of the motif is written.

    The site's letters are drawn place by place from the motif's frequencies; where it starts, and on which strand, by
    chance. Chromosomes are drawn evenly from 1 to 22. Raises ValueError where the motif is longer than a stretch.
    Taught in notebooks/10_genomics.ipynb, section 1.
    """
    width = len(motif.counts)
    if width > length:
        raise ValueError(f"length: expected at least the motif's {width}, got {length}")
    stretches = simulate_dna(n, length, seed=seed)
    rng = np.random.default_rng([seed, 1])
    starts, reverse = rng.integers(length - width + 1, size=n), rng.random(n) < 0.5
    sites = _as_text(_drawn(rng.random((n, width, 1)), motif.frequencies.cumsum(axis=1)))
    planted = [
        one[:at] + (reverse_complement(site) if other else site) + one[at + width :]
        for one, at, other, site in zip(stretches.tolist(), starts, reverse, sites.tolist(), strict=True)
    ]
    begins = APART * np.arange(n)
    return PlantedDataset(
        name="simulated",
        title=f"Simulated stretches of DNA with a site of {motif.name} each",
        simulated=True,
        patients_known=False,
        source="helpers/datasets/simulators/genetics/sequences.py",
        licence="CC BY 4.0, as the matrix",
        citation="Castro-Mondragon et al., JASPAR 2022, Nucleic Acids Research 50:D165, 2022 (the matrix)",
        letters=np.array(planted),
        repeats=np.zeros((n, length), bool),
        places=pd.DataFrame(
            {"chromosome": rng.choice(CHROMOSOMES, n), "start": begins, "end": begins + length},
        ),
        genome="simulated",
        sites=pd.DataFrame({"start": starts, "reverse": reverse}),
    )


def _drawn(uniform: np.ndarray, cumulative: np.ndarray) -> np.ndarray:
    """Codes of letters, from numbers (..., 1) between 0 and 1 and the cumulative chances (..., 4)."""
    return (uniform > cumulative[..., :-1]).sum(axis=-1)


def _as_text(codes: np.ndarray) -> np.ndarray:
    return np.array(["".join(LETTERS[code] for code in row) for row in codes.tolist()])
