"""What can be said of a heap of written molecules without knowing what they are good for, and how easily it is had.

In earnest use GuacaMol or MOSES, whose scores and baselines these are in small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem import Crippen, Descriptors
from scipy.stats import wasserstein_distance

from helpers.lessons.drug_discovery import views
from helpers.lessons.drug_discovery.writer import END, tokens_of

PROPERTIES: dict[str, Callable[[Chem.Mol], float]] = {"size": Descriptors.HeavyAtomCount, "log P": Crippen.MolLogP}


class Grades(NamedTuple):
    """Shares from 0 to 1, and a distance.

    valid: of the lines, those that RDKit reads. unique: of the valid, how many different molecules. novel: of the
    different ones, those not learned from. diverse: one minus the mean Tanimoto similarity of two different ones.
    distance: mean over PROPERTIES of the Wasserstein distance to those learned from, in SDs of the latter: 0 where they
    are distributed alike. Where nothing is valid all but the first are NaN.
    """

    valid: float
    unique: float
    novel: float
    diverse: float
    distance: float


def canonical(lines: Iterable[str | None]) -> list[str | None]:
    """Each molecule in RDKit's own spelling, the same however it was written; None where it is no molecule.

    Valid means that brackets and rings close and no atom has more bonds than it can. Nothing says that it is stable,
    that anybody can make it, or that it does anything.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.1.
    """
    with rdBase.BlockLogs():  # it prints a line for each that it cannot read
        molecules = [Chem.MolFromSmiles(line) if line else None for line in lines]
    return [Chem.MolToSmiles(one) if one is not None else None for one in molecules]


def grade(lines: Sequence[str | None], learned: Sequence[str]) -> Grades:
    """The grades of written lines. learned: what the writer learned from, in any spelling.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.2.
    """
    valid = [one for one in canonical(lines) if one is not None]
    if not valid:
        return Grades(0.0, *[np.nan] * 4)
    before, theirs = known(tuple(learned))
    mine = properties(valid)
    different = sorted(set(valid))
    new = set(different) - before
    spread = theirs.std(axis=0)
    gaps = [wasserstein_distance(one, other) for one, other in zip(mine.T, theirs.T, strict=True)]
    shares = len(valid) / len(lines), len(different) / len(valid), len(new) / len(different)
    return Grades(*shares, diversity(different), float(np.mean(gaps / np.where(spread > 0, spread, 1))))


@lru_cache(maxsize=1)
def known(learned: tuple[str, ...]) -> tuple[set[str], np.ndarray]:
    """The molecules learned from, and their properties: the same for every heap that is graded."""
    different = sorted(set(canonical(learned)) - {None})
    return set(different), properties(different)


def properties(smiles: Sequence[str]) -> np.ndarray:
    """PROPERTIES of each molecule, (n, 2)."""
    return np.array([[one(molecule) for one in PROPERTIES.values()] for molecule in views.read(smiles)])


def diversity(smiles: Sequence[str]) -> float:
    """One minus the mean Tanimoto similarity of the fingerprints of two different molecules of those; NaN of one."""
    prints = views.fingerprints(views.read(smiles))
    n = len(prints)
    return 1 - float(views.similarities(prints, prints).sum() - n) / (n * (n - 1)) if n > 1 else np.nan


def add_a_carbon(smiles: Sequence[str], lines: int, rng: np.random.Generator) -> list[str]:
    """A floor without any learning: a C put somewhere into a known line, wherever a molecule results.

    Of Renz et al., Drug Discov Today Technol 32-33:55, 2019: it fools every grade.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.2.
    """
    found = []
    while len(found) < lines:
        tokens = tokens_of(str(rng.choice(smiles)))
        place = int(rng.integers(len(tokens) + 1))
        line = "".join([*tokens[:place], "C", *tokens[place:]])
        if canonical([line])[0] is not None:
            found.append(line)
    return found


def count_pairs(smiles: Iterable[str]) -> dict[str, Counter[str]]:
    """How often each token followed each other one in some lines, which END begins and ends."""
    following: dict[str, Counter[str]] = {}
    for line in smiles:
        for before, after in pairwise([END, *tokens_of(line), END]):
            following.setdefault(before, Counter())[after] += 1
    return following


def by_pairs(smiles: Sequence[str], lines: int, rng: np.random.Generator, *, longest: int = 80) -> list[str | None]:
    """The floor with a memory of one token: each is drawn as often as it followed the one before it in known lines.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.2.
    """
    chances = {
        before: (list(counts), np.array(list(counts.values())) / counts.total())
        for before, counts in count_pairs(smiles).items()
    }
    found: list[str | None] = []
    for _ in range(lines):
        written = [END]
        while len(written) <= longest and (len(written) == 1 or written[-1] != END):
            tokens, share = chances[written[-1]]
            written.append(tokens[int(rng.choice(len(tokens), p=share))])
        found.append("".join(written[1:-1]) if written[-1] == END and len(written) > 1 else None)
    return found


def loss_of_pairs(learned: Iterable[str], lines: Iterable[str], *, tokens: int) -> float:
    """The mean of -ln of the chance that the token before, alone, gives to each token of some lines, END included.

    tokens: how many there are; each pair is counted once more than it was seen, so that no chance is zero.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.1.
    """
    seen = count_pairs(learned)
    losses = [
        -np.log((counts[after] + 1) / (counts.total() + tokens))
        for line in lines
        for before, after in pairwise([END, *tokens_of(line), END])
        for counts in [seen.get(before, Counter())]
    ]
    return float(np.mean(losses))
