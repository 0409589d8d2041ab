"""A network of which gene works with which, as the literature has it, and rankings of genes by what reaches them on it.

In earnest use NetworkX or igraph for the network and a curated one such as STRING or Reactome for its edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from helpers import evaluation

ATTACHED = 2  # interactions that each gene brings along when the network grows
STUDIED_MORE = 15  # interactions recorded of a gene once it is famous: it is looked at, others are not
FAMOUS_ELSEWHERE = 80  # genes that are famous for another disease
FEW = 0.01  # p below which a gene is a start, where few are wanted
STEPS, CLOSE = 500, 1e-10  # of the walk; one that has not settled then is solved directly, in some 100 times the time


@dataclass(frozen=True)
class Interactions:
    """Genes that work together, and those that drive a disease.

    adjacency: float64 (genes, genes), sparse, symmetric, 1 where an interaction is recorded. drivers: bool (genes,),
    those that take part in the disease. known: bool (genes,), those of them that the literature knows.
    """

    adjacency: sparse.csr_array
    drivers: np.ndarray
    known: np.ndarray

    @property
    def degree(self) -> np.ndarray:
        """How many interactions are recorded of each gene, (genes,)."""
        return np.asarray(self.adjacency.sum(axis=1)).ravel()


def simulate_interactions(genes: int, rng: np.random.Generator, *, drivers: int = 60, known: int = 20) -> Interactions:
    """A network with hubs, a disease that spreads over neighbours in it, and a literature that looks where it looked.

    The network grows by preferential attachment: each gene that comes joins two others, each with a chance in
    proportion to the interactions that it has (Barabási & Albert, Science 286:509, 1999). Drivers are grown from one
    gene over its neighbours, hubs no likelier than others. Some of them are known; those, and as many as
    FAMOUS_ELSEWHERE that drive other diseases, are studied more: each gets STUDIED_MORE recorded interactions with
    genes drawn at random. Raises ValueError unless 2 < known < drivers < genes / 4.

    Taught in notebooks/11_drug_discovery.ipynb, section 1.1.
    """
    if not 2 < known < drivers < genes / 4:
        raise ValueError(f"expected 2 < known < drivers < genes / 4, found {known}, {drivers} and {genes}")
    pairs = _grown(genes, rng)
    true = _matrix(pairs, genes)
    disease = _module(true, drivers, rng)
    is_driver, is_known = np.zeros((2, genes), bool)
    is_driver[disease] = True
    is_known[rng.choice(disease, known, replace=False)] = True
    elsewhere = rng.choice(np.flatnonzero(~is_driver), min(FAMOUS_ELSEWHERE, genes // 8), replace=False)
    famous = np.concatenate([np.flatnonzero(is_known), elsewhere]).repeat(STUDIED_MORE)
    recorded = np.concatenate([pairs, np.column_stack([famous, rng.integers(genes, size=len(famous))])])
    return Interactions(_matrix(recorded, genes), is_driver, is_known)


def _grown(genes: int, rng: np.random.Generator) -> np.ndarray:
    """Pairs of a network that grows by preferential attachment, (edges, 2)."""
    ends = [0, 1]  # each gene as often as it has interactions
    pairs = [(0, 1)]
    for gene in range(2, genes):
        for other in {ends[place] for place in rng.integers(len(ends), size=ATTACHED)}:
            pairs.append((gene, other))
            ends += [gene, other]
    names = rng.permutation(genes)  # else the first genes were the hubs
    return names[np.array(pairs)]


def _matrix(pairs: np.ndarray, genes: int) -> sparse.csr_array:
    one, other = pairs[pairs[:, 0] != pairs[:, 1]].T
    both = np.concatenate([one, other]), np.concatenate([other, one])
    matrix = sparse.csr_array((np.ones(len(both[0])), both), shape=(genes, genes))
    matrix.data[:] = 1  # twice recorded is recorded
    return matrix


def _module(adjacency: sparse.csr_array, size: int, rng: np.random.Generator) -> np.ndarray:
    """Genes that hang together, grown from one of few interactions; a neighbour counts the less the more it has."""
    degree = np.diff(adjacency.indptr)
    found = [int(rng.choice(np.flatnonzero(degree <= 2 * ATTACHED)))]
    beside: set[int] = set()
    while len(found) < size:
        first, last = adjacency.indptr[found[-1]], adjacency.indptr[found[-1] + 1]
        beside |= set(adjacency.indices[first:last].tolist())
        beside -= set(found)
        candidates = np.array(sorted(beside))
        weight = 1 / degree[candidates]
        found.append(int(rng.choice(candidates, p=weight / weight.sum())))
    return np.array(found)


def random_walk(adjacency: sparse.csr_array, start: np.ndarray, restart: float) -> np.ndarray:
    """Where a walker is who steps to a random neighbour, and at each step returns to the start with a fixed chance.

    start: (genes,), none below 0: how likely the walk starts at each gene, in proportion. restart: the chance to
    return, above 0 and at most 1. Gives the shares of time (genes,), which add up to 1: the fixed point of
    w = (1 - restart) A D⁻¹ w + restart · start, D being the degrees (Köhler et al., Am J Hum Genet 82:949, 2008). A
    walker on a gene without neighbours returns to the start.
    Raises ValueError for another restart or start.

    Taught in notebooks/11_drug_discovery.ipynb, section 1.3.
    """
    start = np.asarray(start, float)
    if not 0 < restart <= 1:
        raise ValueError(f"restart: expected a chance above 0 and at most 1, found {restart}")
    if start.shape != (adjacency.shape[0],) or not np.isfinite(start).all() or start.min() < 0 or not start.sum():
        raise ValueError(f"start: expected {adjacency.shape[0]} weights from 0, not all 0, found shape {start.shape}")
    start = start / start.sum()
    degree = np.diff(adjacency.indptr)
    share = np.divide(1.0, degree, out=np.zeros(len(degree)), where=degree > 0)
    walker = start
    for _ in range(STEPS):
        moved = (1 - restart) * (adjacency @ (walker * share))
        moved += (1 - moved.sum()) * start  # who returned, and who was stuck
        if np.abs(moved - walker).sum() < CLOSE:
            return moved
        walker = moved
    away = sparse.eye_array(len(start)) - (1 - restart) * adjacency @ sparse.diags_array(share)
    reached = spsolve(sparse.csc_array(away), start)
    return reached / reached.sum()


def rankings(interactions: Interactions, p: np.ndarray, restarts: Sequence[float]) -> dict[str, np.ndarray]:
    """Scores of all genes, higher first, by name: two floors, a walk for each restart, and walks without their hubs.

    p: (genes,), of each gene's own difference. A walk starts at each gene in proportion to -log10 p, or only at those
    with p < FEW. "hubs taken out", of the first restart: divided by a walk that starts everywhere alike, so how much
    more arrives than at any rate would.

    Taught in notebooks/11_drug_discovery.ipynb, section 1.4.
    """
    weights = -np.log10(np.clip(p, np.finfo(float).tiny, 1))
    web, first = interactions.adjacency, restarts[0]
    walks = {f"walk, r = {restart}": random_walk(web, weights, restart) for restart in restarts}
    anyhow = random_walk(web, np.ones(len(p)), first)
    few = random_walk(web, np.where(p < FEW, weights, 0), first)
    return {
        "own p value": weights,
        "interactions recorded": interactions.degree,
        **walks,
        "hubs taken out": walks[f"walk, r = {first}"] / anyhow,
        f"hubs taken out, start at p < {FEW}": few / anyhow,
    }


def judge(scores: np.ndarray, interactions: Interactions, *, first: int = 50) -> dict[str, float]:
    """What a ranking is worth: its AUC for the known drivers, for the unknown ones, and the yield of following it up.

    Drivers of the other kind are left out of each comparison; "yield" is the share of unknown drivers among the first
    genes that are not known. Only a simulation has the last two columns.

    Taught in notebooks/11_drug_discovery.ipynb, section 1.4.
    """
    hidden = interactions.drivers & ~interactions.known
    found = {}
    for name, wanted in (("known", interactions.known), ("unknown", hidden)):
        rows = wanted | ~interactions.drivers
        found[name] = evaluation.auc(wanted[rows].astype(np.int64), scores[rows])
    new = np.flatnonzero(~interactions.known)
    best = new[np.argsort(-scores[new], kind="stable")[:first]]
    return found | {"yield": float(hidden[best].mean())}
