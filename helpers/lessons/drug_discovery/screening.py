"""A made-up screen: molecules that bind by a hidden rule, decoys of two kinds, how early a ranking finds them.

In earnest take rdkit.ML.Scoring, which has both scores; the notebook holds ours to it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rdkit import Chem

from helpers import evaluation
from helpers.datasets.simulators.chemistry.molecules import draw_molecules
from helpers.lessons.drug_discovery.views import descriptors, fingerprints, read

AMINE = "[NX3;!$(N-C=O);!$(N-S=O);!$(N-C#N)]"  # a nitrogen that is no amide
FLAT = "[c;$(c-[F,Cl,Br]),$(c-C(F)(F)F)]"  # an aromatic carbon with a halogen or CF3
NEAREST, FARTHEST = 3, 9  # bonds between the two
FILLS = 14  # atoms that a molecule needs to fill the pocket
MISTAKEN = 0.01  # share of known molecules that the assay files wrongly
LEARNED = 0.5  # share of the library that was tested before
DECOYS = 20  # for each active
AT_ONCE = 500  # molecules of the library that are read together: all of them would take 50 MB
EARLY, SHARE = "enrichment factor at 1 %", 0.01
SAME = 9  # decimals to which equal scores agree: a mean over trees depends on their order in the last bits
ALPHA = 20.0  # of BEDROC: about 80 % of the score come from the first 8 % of the list


@dataclass(frozen=True)
class Screen:
    """A library of which a part was tested before, and what is screened, with decoys of both kinds.

    prints: (n, bits). facts: the descriptors and `atoms`. active: bool (n,), the truth. learned: the rows tested
    before, with `found`, bool, what the assay said of them. hits: rows of the actives to find. small, matched: rows of
    decoys, DECOYS for each hit where there are as many.
    """

    smiles: np.ndarray
    prints: np.ndarray
    facts: pd.DataFrame
    active: np.ndarray
    learned: np.ndarray
    found: np.ndarray
    hits: np.ndarray
    small: np.ndarray
    matched: np.ndarray


def binds(molecules: list[Chem.Mol]) -> np.ndarray:
    """The hidden rule, bool (n,): a nitrogen at the right distance from a halogenated ring, in a molecule that
    fills the pocket."""
    amine, flat = Chem.MolFromSmarts(AMINE), Chem.MolFromSmarts(FLAT)
    said = []
    for one in molecules:
        there, here = (np.ravel(one.GetSubstructMatches(pattern)).astype(int) for pattern in (amine, flat))
        fits = one.GetNumAtoms() >= FILLS and len(there) and len(here)
        apart = Chem.GetDistanceMatrix(one)[np.ix_(there, here)] if fits else np.zeros(0)
        said.append(bool(((apart >= NEAREST) & (apart <= FARTHEST)).any()))
    return np.array(said)


def simulate_screen(library: int, *, seed: int) -> Screen:
    """A made-up library of molecules, a half of which was tested before.

    Taught in notebooks/11_drug_discovery.ipynb, section 2.6.
    """
    rng = np.random.default_rng(seed)
    smiles, _ = draw_molecules(library, rng)
    parts = [_seen(some) for some in np.array_split(smiles, -(-library // AT_ONCE))]
    facts = pd.concat([part[0] for part in parts], ignore_index=True)
    active, prints = (np.concatenate([part[k] for part in parts]) for k in (1, 2))
    order = rng.permutation(library)
    learned, rest = np.split(order, [round(LEARNED * library)])
    found = active[learned] ^ (rng.random(len(learned)) < MISTAKEN)
    hits, others = rest[active[rest]], rest[~active[rest]]
    wanted = min(DECOYS * len(hits), len(others) // 2)
    sizes = facts["atoms"].to_numpy()[others]
    small = others[sizes < np.median(sizes)][:wanted]
    matched = nearest_decoys(facts.to_numpy(), hits, others, wanted)
    return Screen(smiles, prints, facts, active, learned, found, hits, small, matched)


def _seen(smiles: np.ndarray) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The descriptors with `atoms`, whether they bind, and the fingerprints of some molecules."""
    molecules = read(smiles)
    facts = descriptors(molecules).assign(atoms=[one.GetNumAtoms() for one in molecules])
    return facts, binds(molecules), fingerprints(molecules)


def nearest_decoys(facts: np.ndarray, hits: np.ndarray, others: np.ndarray, wanted: int) -> np.ndarray:
    """Decoys like the hits in every descriptor, (wanted,): the hits choose in turn, each the nearest that is left.

    facts: (n, descriptors), compared in standard deviations. After the idea of DUD-E (Mysinger et al., J Med Chem
    55:6582, 2012), which also asks that decoys differ in their fingerprints.
    """
    scaled = (facts - facts.mean(axis=0)) / np.maximum(facts.std(axis=0), 1e-9)
    apart = np.linalg.norm(scaled[hits][:, None] - scaled[others], axis=2)
    chosen = []
    for turn in range(wanted):
        row = apart[turn % len(hits)]
        best = int(np.argmin(row))
        chosen.append(others[best])
        apart[:, best] = np.inf
    return np.array(chosen, int)


def expected(weights: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """What each molecule gets of weights of the places in a list, (n,), the place of the best score first.

    Molecules whose scores agree to SAME decimals may stand in any order: each gets the mean of their places.
    """
    order = np.argsort(-scores, kind="stable")
    first = np.flatnonzero(np.diff(np.round(scores[order], SAME), prepend=np.nan) != 0)  # of each group of equals
    sizes = np.diff(first, append=len(scores))
    given = np.empty(len(scores))
    given[order] = np.repeat(np.add.reduceat(weights, first) / sizes, sizes)
    return given


def first_of(n: int, share: float = SHARE) -> int:
    """How many of n molecules the first `share` of a list is, one at least.

    Taught in notebooks/11_drug_discovery.ipynb, section 2.6.
    """
    return max(1, round(share * n))


def bedroc(scores: np.ndarray, active: np.ndarray, alpha: float = ALPHA) -> float:
    """A score of how early the actives come, 0 to 1: each counts exp(-alpha · rank / n), scaled between worst and best.

    Among equal scores the mean of all orders counts.
    Source: Truchon and Bayly, J Chem Inf Model 47:488, 2007, equation 36 by its sums.
    """
    weights = np.exp(-alpha * np.arange(1, len(scores) + 1) / len(scores))
    hits = int(active.sum())
    worst, best = weights[len(weights) - hits :].sum(), weights[:hits].sum()
    return float((expected(weights, scores)[active].sum() - worst) / (best - worst))


def best_and_drawn(hits: int, n: int) -> dict[str, tuple[float, float]]:
    """What a draw is expected to reach, and the best there can be, for each score of `screen_tables`.

    hits: how many of the n molecules are active. Taught in notebooks/11_drug_discovery.ipynb, section 2.6.
    """
    first, weights = first_of(n), np.exp(-ALPHA * np.arange(1, n + 1) / n)
    worst, best = weights[n - hits :].sum(), weights[:hits].sum()
    drawn = (hits * weights.mean() - worst) / (best - worst)
    return {EARLY: (1.0, min(hits, first) / first * n / hits), "BEDROC": (float(drawn), 1.0)}


def screen_tables(
    screen: Screen, rankings: Mapping[str, np.ndarray], *, draws: int, seed: int
) -> dict[str, pd.DataFrame]:
    """Enrichment in the first percent, and BEDROC: a row per ranking, a column per kind of decoys, 95 % intervals.

    rankings: name -> a score of every molecule of the library, (n,). BEDROC's intervals resample hits and decoys, each
    within their kind, so that the share of actives stays. The enrichment factor is a share of few molecules, often 0 or
    all, which resampling cannot judge: Wilson's interval of the share, in the same unit. Among equal scores the mean of
    all orders counts; where that is no whole number of molecules, the interval holds those of both its neighbours.
    Taught in notebooks/11_drug_discovery.ipynb, section 2.6.
    """
    tables: dict[str, dict[str, dict[str, evaluation.Interval]]] = {EARLY: {}, "BEDROC": {}}
    for name, decoys in {"small decoys": screen.small, "matched decoys": screen.matched}.items():
        parts = screen.hits, decoys
        rows = np.concatenate(parts)
        active = screen.active[rows]
        first = first_of(len(rows))
        tables[EARLY][name], tables["BEDROC"][name] = {}, {}
        for ranking, values in rankings.items():
            found = round(float(expected(np.arange(len(rows)) < first, values[rows])[active].sum()), SAME)
            fewer, more = (evaluation.wilson(whole(found), first) for whole in (math.floor, math.ceil))
            tables[EARLY][name][ranking] = evaluation.Interval(
                *(share / active.mean() for share in (found / first, fewer.low, more.high)), digits=1
            )
            rng = np.random.default_rng(seed)
            drawn = (np.concatenate([rng.choice(part, len(part)) for part in parts]) for _ in range(draws))
            low, high = np.quantile([bedroc(values[some], active) for some in drawn], [0.025, 0.975])
            found = bedroc(values[rows], active)
            tables["BEDROC"][name][ranking] = evaluation.Interval(found, float(low), float(high), digits=2)
    return {score: pd.DataFrame(columns) for score, columns in tables.items()}
