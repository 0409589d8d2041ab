"""A writer led by a score: what the score makes of it, and what a second opinion and a chemist's rules say.

In earnest use REINVENT, and AiZynthFinder for whether a molecule can be made at all.
"""

from __future__ import annotations

import gzip
import importlib.util
import pickle
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
from rdkit import RDConfig
from rdkit.Chem import FilterCatalog
from sklearn.linear_model import Ridge

from helpers.datasets.molecules import MoleculeSplit
from helpers.datasets.simulators.chemistry.molecules import true_solubility
from helpers.lessons.drug_discovery import grades, views
from helpers.lessons.drug_discovery.writer import Alphabet

PENALTY = 10.0  # of the ridge, on bits of 0 and 1
Opinion = Callable[[Sequence[str]], np.ndarray]


def two_opinions(molecules: MoleculeSplit, seed: int, *, measured: int = 200) -> tuple[Opinion, Opinion, MoleculeSplit]:
    """Two ridge regressions on fingerprints, each learned from molecules of its own, and molecules that neither saw.

    measured: how many each learns from, drawn at random, at most a third of all. Neither knows better than the other;
    so where molecules were chosen by the first, what the second says less is at least a part of the first one's error:
    what both have in common stays hidden (the control of Renz et al., Drug Discov Today Technol 32-33:55, 2019).

    Taught in notebooks/11_drug_discovery.ipynb, section 3.3.
    """
    rows = np.random.default_rng(seed).permutation(len(molecules))
    each = min(measured, len(molecules) // 3)
    first, second, unseen = (molecules.rows(some) for some in np.split(rows, [each, 2 * each]))
    return _opinion(first), _opinion(second), unseen


def rule_of_new(smiles: Sequence[str]) -> np.ndarray:
    """What the made-up rule of the simulated molecules gives, (n,), for ring systems that add nothing of their own.

    Nobody has such a rule of real molecules. Taught in notebooks/11_drug_discovery.ipynb, section 3.3.
    """
    return true_solubility(np.array(smiles), np.zeros(len(smiles), int), np.zeros(1))


def _opinion(molecules: MoleculeSplit) -> Opinion:
    ridge = Ridge(PENALTY).fit(views.fingerprints(views.read(molecules.smiles)), molecules.target.astype(float))
    return lambda smiles: ridge.predict(views.fingerprints(views.read(smiles)))


def valid_of(lines: Sequence[str | None]) -> list[str]:
    """The different molecules among written lines, in RDKit's spelling, sorted."""
    return sorted(set(grades.canonical(lines)) - {None})


def best(
    pool: Sequence[str],
    lines: Sequence[str | None],
    score: Opinion,
    *,
    alphabet: Alphabet,
    learned: Sequence[str],
    keep: int,
) -> list[str]:
    """Of the pool and the molecules among new lines, those with the highest score, the highest first.

    Lines that the alphabet cannot spell, and molecules that were learned from in the beginning, are left out.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.3.
    """
    new = set(filter(alphabet.knows, valid_of(lines))) - grades.known(tuple(learned))[0]
    candidates = sorted({*pool, *new})
    if not candidates:
        return []
    order = np.argsort(-score(candidates), kind="stable")[:keep]
    return [candidates[k] for k in order]


def examine(pool: Sequence[str], lines: Sequence[str | None], opinions: Mapping[str, Opinion]) -> dict[str, float]:
    """What each opinion says of the best so far, on average, and what has become of the writer.

    opinions: by name; means over the pool, NaN where it is empty. valid: share of the lines. diverse:
    `grades.diversity` of the molecules among them, NaN where there are fewer than two.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.3.
    """
    said = {name: float(one(pool).mean()) if pool else np.nan for name, one in opinions.items()}
    valid = [one for one in grades.canonical(lines) if one is not None]
    return said | {"valid": len(valid) / len(lines), "diverse": grades.diversity(sorted(set(valid)))}


def dossier(smiles: Sequence[str], opinions: Mapping[str, Opinion]) -> pd.DataFrame:
    """A row per molecule: each opinion by its name, atoms without hydrogen, `synthetic_accessibility`, how
    many `alerts`.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.4.
    """
    columns = {
        **opinions,
        "atoms": lambda several: grades.properties(several)[:, 0],
        "hard to make, 1 to 10": lambda several: [synthetic_accessibility(one) for one in several],
        "alerts": lambda several: [len(alerts(one)) for one in several],
    }
    rows = list(smiles)
    return pd.DataFrame({name: column(rows) if rows else [] for name, column in columns.items()}, rows, dtype=float)


def synthetic_accessibility(smiles: str) -> float:
    """From 1, easy to make, to 10, hard: how rare a molecule's fragments are, and how large and branched it is.

    The score of Ertl & Schuffenhauer, J Cheminform 1:8, 2009, as RDKit's package ships it. It is no route: that a
    molecule is like many others says that it can probably be made, and not how. Raises ValueError for no molecule.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.4.
    """
    return float(_sascorer().calculateScore(views.read([smiles])[0]))


class _Table:
    """Numbers by keys, as a dict of 700,000 fragments gives them, in a tenth of its memory."""

    def __init__(self, rows: Sequence[Sequence[float]]):
        keys = np.fromiter(chain.from_iterable(row[1:] for row in rows), np.uint32)
        order = np.argsort(keys, kind="stable")  # of a key that is there twice the last counts, as in a dict
        self.keys = keys[order]
        self.values = np.repeat([row[0] for row in rows], [len(row) - 1 for row in rows])[order]

    def get(self, key: int, default: float) -> float:
        place = int(np.searchsorted(self.keys, np.uint32(key), side="right")) - 1
        return float(self.values[place]) if place >= 0 and self.keys[place] == key else default


@cache
def _sascorer() -> ModuleType:
    folder = Path(RDConfig.RDContribDir, "SA_Score")
    spec = importlib.util.spec_from_file_location("sascorer", folder / "sascorer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with gzip.open(folder / "fpscores.pkl.gz") as file:
        module._fscores = _Table(pickle.load(file))  # what its readFragmentScores would make a dict of
    return module


def alerts(smiles: str) -> list[str]:
    """The names of groups that made trouble before: they react with much (Brenk) or mislead assays (PAINS).

    Sources: Brenk et al., ChemMedChem 3:435, 2008; Baell & Holloway, J Med Chem 53:2719, 2010. An alert asks for a
    look and is no verdict: approved drugs have them, too. Raises ValueError for no molecule.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.4.
    """
    return [one.GetDescription() for one in _catalogue().GetMatches(views.read([smiles])[0])]


@cache
def _catalogue() -> FilterCatalog.FilterCatalog:
    chosen = FilterCatalog.FilterCatalogParams()
    for name in ("BRENK", "PAINS"):
        chosen.AddCatalog(getattr(chosen.FilterCatalogs, name))
    return FilterCatalog.FilterCatalog(chosen)
