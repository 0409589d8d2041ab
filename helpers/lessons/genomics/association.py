"""One place at a time: how strongly its letter goes with an outcome, and whether all places together are suspicious."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

GENOME_WIDE = 5e-8  # the custom for a million independent places: .05 divided by them (Pe'er et al., 2008)
MEDIAN = float(stats.chi2.median(1))  # .455, of the squares of z where nothing is going on


def mean_and_sd(genotypes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and SD of each place's copies, float64 (places,), without a copy of the genotypes in floating point."""
    mean = genotypes.mean(axis=0, dtype=np.float64)
    return mean, np.sqrt(np.maximum(np.square(genotypes).mean(axis=0, dtype=np.float64) - mean**2, 0))


def standardised(genotypes: np.ndarray, mean: np.ndarray | None = None, sd: np.ndarray | None = None) -> np.ndarray:
    """Columns with mean 0 and SD 1, float32 (people, places); of other people's mean and sd where these are given.

    A place without variation becomes 0 everywhere.
    """
    mean, sd = mean_and_sd(genotypes) if mean is None or sd is None else (mean, sd)
    values = genotypes.astype(np.float32)
    values -= mean.astype(np.float32)
    values /= np.where(sd > 0, sd, np.inf).astype(np.float32)
    return values


def without(covariates: np.ndarray | None, values: np.ndarray) -> np.ndarray:
    """What a linear regression on the covariates (people, k) and a constant leaves of each column of values."""
    people = len(values)
    columns = np.ones((people, 1)) if covariates is None else np.column_stack([np.ones(people), covariates])
    basis = np.linalg.qr(columns)[0].astype(values.dtype)
    return values - basis @ (basis.T @ values)


def associate(genotypes: np.ndarray, outcome: np.ndarray, covariates: np.ndarray | None = None) -> pd.DataFrame:
    """A linear regression of the outcome on each place alone, a row per place: slope (per SD of copies), z and p.

    genotypes: (people, places). outcome: (people,), a measure, or 0 and 1. covariates: (people, k), taken out of both
    first, which gives the slopes of a regression that holds them too (Frisch & Waugh, Econometrica 1:387, 1933).
    A place without variation has slope 0, z 0 and p 1. Taught in notebooks/10_genomics.ipynb, section 2.2.
    """
    places = standardised(genotypes)
    places = places if covariates is None else without(covariates, places)
    left = without(covariates, outcome.astype(np.float64))
    lengths = np.sqrt(np.einsum("ij,ij->j", places, places).astype(np.float64))
    correlation = (left.astype(np.float32) @ places) / np.where(lengths > 1e-3, lengths, np.inf)
    correlation = correlation / np.sqrt((left**2).sum())
    free = len(outcome) - 2 - (0 if covariates is None else covariates.shape[1])
    z = correlation * np.sqrt(free / (1 - correlation**2))
    slope = correlation * np.sqrt((left**2).sum()) / np.where(lengths > 1e-3, lengths, np.inf)
    return pd.DataFrame({"slope": slope, "z": z, "p": 2 * stats.t.sf(np.abs(z), free)})


def inflation(z: np.ndarray) -> float:
    """The genomic inflation factor: the median of z squared over what it is where nothing is going on, .455.

    Devlin & Roeder, Biometrics 55:997, 1999. Taught in notebooks/10_genomics.ipynb, section 2.2.
    """
    return float(np.median(np.asarray(z) ** 2) / MEDIAN)


def linked(genotypes: np.ndarray, reach: int) -> np.ndarray:
    """The squared correlation of a place with those that follow it: (reach, places), the next first; 0 past the end."""
    places = standardised(genotypes)
    found = np.zeros((reach, places.shape[1]))
    for step in range(1, min(reach, places.shape[1] - 1) + 1):
        found[step - 1, :-step] = (np.einsum("ij,ij->j", places[:, :-step], places[:, step:]) / len(places)) ** 2
    return found


def clump(p: np.ndarray, links: np.ndarray, *, limit: float, r2: float = 0.1) -> np.ndarray:
    """Places with p below a limit, each kept unless it goes with one that has a smaller p: bool (places,).

    p: (places,). links: as `linked` gives them. Taken in the order of p; of a kept place's neighbours those go whose
    squared correlation with it exceeds r2.
    """
    kept, gone = np.zeros(len(p), bool), p >= limit
    for place in np.argsort(p, kind="stable"):
        if gone[place]:
            continue
        kept[place] = True
        for step, following in enumerate(links, start=1):
            if place + step < len(p):
                gone[place + step] |= following[place] > r2
            if place >= step:
                gone[place - step] |= following[place - step] > r2
    return kept
