"""Has something changed? Tests of unlabelled patients against those of home, by person, with false alarms held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import kolmogorov
from scipy.stats import mannwhitneyu
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from helpers import evaluation

LEVEL = 0.05  # chance of a false alarm that each test promises
FOLDS = 5
RIDGE = 0.3  # added to the variances of standardised features, so that few people suffice

Test = Callable[[np.ndarray, np.ndarray, np.random.Generator], float]


def per_person(values: np.ndarray, patients: np.ndarray) -> np.ndarray:
    """The mean of the rows of each person, (people, ...), in the order of np.unique(patients).

    Taught in notebooks/08_generalisation.ipynb, section 2.1.
    """
    _, group, rows = np.unique(patients, return_inverse=True, return_counts=True)
    total = np.zeros((len(rows), *values.shape[1:]))
    np.add.at(total, group, values)
    return total / rows.reshape(-1, *[1] * (values.ndim - 1))


def ks_statistics(home: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Kolmogorov and Smirnov's distance of each feature, (d,): the greatest gap of two cumulative shares.

    home: (n, d), away: (m, d). Taught in notebooks/08_generalisation.ipynb, section 2.1.
    """
    both = np.concatenate([home, away])
    order = np.argsort(both, axis=0, kind="stable")
    of_home = order < len(home)
    gap = np.cumsum(np.where(of_home, 1 / len(home), -1 / len(away)), axis=0)
    sorted_values = np.take_along_axis(both, order, axis=0)
    last = np.ones_like(of_home)
    last[:-1] = sorted_values[1:] != sorted_values[:-1]  # among equal values only after the last of them
    return np.abs(np.where(last, gap, 0)).max(axis=0)


def ks_test(home: np.ndarray, away: np.ndarray, rng: np.random.Generator | None = None) -> float:
    """The least p-value of d features times d (Bonferroni), at most 1: one of d tests may alarm by chance.

    p-values of single features by the asymptotic distribution with the correction of Stephens (J. R. Stat. Soc. B
    32:115, 1970). Taught in notebooks/08_generalisation.ipynb, section 2.1.
    """
    root = np.sqrt(len(home) * len(away) / (len(home) + len(away)))
    p = kolmogorov((root + 0.12 + 0.11 / root) * ks_statistics(home, away))
    return float(min(1, p.min() * len(p)))


def squared_mmd(kernel: np.ndarray, home: np.ndarray) -> np.ndarray:
    """The squared maximum mean discrepancy of each way to split: likeness within both groups minus between them.

    kernel: (n, n), how like two rows are. home: bool (ways, n), who is of home. Diagonals are left out (unbiased).
    Source: Gretton et al., JMLR 13:723, 2012. Taught in notebooks/08_generalisation.ipynb, section 2.1.
    """
    inside = home.astype(np.float64)
    off = kernel - np.diag(np.diag(kernel))
    n = inside.sum(axis=1)
    m = len(kernel) - n
    of_home = ((inside @ off) * inside).sum(axis=1)  # likeness of all pairs within home
    between = inside @ off.sum(axis=1) - of_home
    of_away = off.sum() - of_home - 2 * between
    return of_home / (n * (n - 1)) + of_away / (m * (m - 1)) - 2 * between / (n * m)


def gaussian_kernel(rows: np.ndarray) -> np.ndarray:
    """exp(-distance² / (2 width²)) of all pairs of rows (n, d), features standardised; width: the median distance."""
    z = (rows - rows.mean(axis=0)) / np.maximum(rows.std(axis=0), 1e-12)
    size = (z**2).sum(axis=1)
    squared = np.maximum(size[:, None] + size - 2 * z @ z.T, 0)
    middle = np.median(squared[np.triu_indices(len(z), 1)])
    return np.exp(-squared / (2 * max(middle, 1e-12)))


def mmd_test(home: np.ndarray, away: np.ndarray, rng: np.random.Generator, permutations: int = 99) -> float:
    """p-value of the maximum mean discrepancy: the share of random ways to deal the rows out that differ as much.

    The true way counts as one of them. Taught in notebooks/08_generalisation.ipynb, section 2.1.
    """
    kernel = gaussian_kernel(np.concatenate([home, away]))
    split = np.arange(len(kernel)) < len(home)
    found = squared_mmd(kernel, np.stack([split, *(rng.permutation(split) for _ in range(permutations))]))
    return float((found >= found[0]).mean())


def _telling_apart() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=200))


def domain_test(home: np.ndarray, away: np.ndarray, rng: np.random.Generator) -> float:
    """p-value of a classifier of hospitals: it learns on a random half of the rows, and is asked about the others.

    The classifier is Fisher's linear discriminant with a ridge. If the hospitals are alike, it ranks the others by
    chance (Mann and Whitney's test, one-sided). Source: Lopez-Paz & Oquab, ICLR 2017.
    Taught in notebooks/08_generalisation.ipynb, section 2.1.
    """
    learn, asked = [], []
    for part in (home, away):
        half = rng.permutation(len(part)) < len(part) // 2
        learn.append(part[half])
        asked.append(part[~half])
    centre, spread = np.concatenate(learn).mean(axis=0), np.maximum(np.concatenate(learn).std(axis=0), 1e-9)
    z = [(part - centre) / spread for part in learn]
    within = sum((part - part.mean(axis=0)).T @ (part - part.mean(axis=0)) for part in z) / sum(map(len, z))
    direction = np.linalg.solve(within + RIDGE * np.eye(len(within)), z[1].mean(axis=0) - z[0].mean(axis=0))
    scores = [(part - centre) / spread @ direction for part in asked]
    return float(mannwhitneyu(scores[1], scores[0], alternative="greater").pvalue)


TESTS: dict[str, Test] = {"Kolmogorov-Smirnov": ks_test, "MMD": mmd_test, "domain classifier": domain_test}


def density_ratio(home: np.ndarray, away: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Learn how many times as usual rows are in B as in A: the ratio of the two densities, from a classifier's odds.

    home, away: features (n, d) and (m, d). Returns a function of rows (k, d) that gives ratios (k,).
    Taught in notebooks/08_generalisation.ipynb, section 4.4.
    """
    model = _telling_apart().fit(np.concatenate([home, away]), np.repeat([0, 1], [len(home), len(away)]))
    return lambda rows: np.exp(model.decision_function(rows)) * len(home) / len(away)


@dataclass(frozen=True)
class DomainClassifier:
    """A classifier that tells hospital B from A by features, and how well it does so on people it has not seen.

    auc: of out-of-fold scores, by person. odds: of the classifier fitted to all rows, as `density_ratio` gives it.
    """

    auc: evaluation.Interval
    odds: Callable[[np.ndarray], np.ndarray]


def domain_classifier(
    home: np.ndarray, away: np.ndarray, of_home: np.ndarray, of_away: np.ndarray, *, draws: int, seed: int
) -> DomainClassifier:
    """Tell the hospitals apart: logistic regression on features (n, d) and (m, d), its AUC on people left out.

    of_home, of_away: the people, (n,) and (m,); a person who is in both hospitals is left out of a fold in both.
    Taught in notebooks/08_generalisation.ipynb, section 3.1.
    """
    rows, people = np.concatenate([home, away]), np.concatenate([of_home, of_away])
    where = np.repeat([0, 1], [len(home), len(away)])
    scores = cross_val_predict(
        _telling_apart(), rows, where, cv=GroupKFold(FOLDS), groups=people, method="decision_function"
    )
    found = evaluation.bootstrap(
        evaluation.auc, evaluation.Patients(where, people), evaluation.two_columns(scores), draws=draws, seed=seed
    )
    return DomainClassifier(found, density_ratio(home, away))


def alarm_rates(
    reference: np.ndarray, samples: Mapping[str, np.ndarray], people: int, *, repeats: int, seed: int
) -> pd.DataFrame:
    """How often each test alarms at LEVEL when so many people come: a row per sample, a column per test.

    reference and samples: features, one row per person; in each repeat `people` of each are drawn without replacement
    (at most half of those there are). Returns Interval objects (Wilson's).
    Taught in notebooks/08_generalisation.ipynb, section 2.2.
    """
    rates: dict[str, dict[str, evaluation.Interval]] = {}
    for number, (name, away) in enumerate(samples.items()):
        rng = np.random.default_rng([seed, number])
        size = min(people, len(reference) // 2, len(away) // 2)
        alarms = dict.fromkeys(TESTS, 0)
        with threadpool_limits(1):  # on small matrices more threads wait for each other most of the time
            for _ in range(repeats):
                here, there = (rng.choice(part, size, replace=False) for part in (reference, away))
                for test, p_value in TESTS.items():
                    alarms[test] += p_value(here, there, rng) < LEVEL
        rates[name] = {test: evaluation.wilson(int(count), repeats) for test, count in alarms.items()}
    return pd.DataFrame.from_dict(rates, orient="index")


def black_box_share(called: float, sensitivity: float, false_alarms: float) -> float:
    """The share of the ill among patients without diagnoses, from the share that a network calls ill there.

    called = share · sensitivity + (1 - share) · false_alarms, solved; the rates are those of validation patients, and
    must hold there too: label shift and nothing else. The result is held between 0 and 1; NaN where both rates are
    alike. For two classes the estimate of Lipton, Wang & Smola (ICML 2018), and of Rogan & Gladen (Am. J. Epidemiol.
    107:71, 1978). Taught in notebooks/08_generalisation.ipynb, section 2.3.
    """
    if sensitivity == false_alarms:
        return float("nan")
    return float(np.clip((called - false_alarms) / (sensitivity - false_alarms), 0, 1))


def estimated_share(
    known: evaluation.Patients,
    calls: np.ndarray,
    unknown: np.ndarray,
    new_calls: np.ndarray,
    *,
    draws: int,
    seed: int,
) -> evaluation.Interval:
    """`black_box_share` of new patients with a 95 % interval from resampling the people of both groups.

    known: labels and patients of validation rows, calls: bool (n,), who is called ill among them. unknown: patients of
    the new rows, (m,), new_calls: bool (m,). Taught in notebooks/08_generalisation.ipynb, section 2.3.
    """
    rng = np.random.default_rng(seed)
    ill = known.labels == 1
    groups = [np.unique(who, return_inverse=True)[1] for who in (known.patients, unknown)]

    def estimate(weights: list[np.ndarray]) -> float:
        here, there = weights
        rates = [(here * calls)[who].sum() / here[who].sum() for who in (ill, ~ill)]
        return black_box_share((there * new_calls).sum() / there.sum(), *rates)

    def drawn(group: np.ndarray) -> np.ndarray:
        people = group.max() + 1
        return rng.multinomial(people, np.full(people, 1 / people))[group].astype(np.float64)

    values = [estimate([drawn(group) for group in groups]) for _ in range(draws)]
    low, high = np.nanquantile(values, [0.025, 0.975])
    return evaluation.Interval(estimate([np.ones(len(group)) for group in groups]), float(low), float(high))
