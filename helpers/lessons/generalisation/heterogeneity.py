"""How much hospitals differ: random-effects meta-analysis of their scores, and the interval for the next hospital.

In earnest use metafor or metamisc (both in R), which have these and more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import chi2, t

from helpers import evaluation
from helpers.evaluation.proportions import newcombe_error

STEPS, CLOSE = 200, 1e-10  # of the iteration for the variance between hospitals
EDGE = 0.5  # pairs: an AUC of 0 or 1 is taken as half a pair away from it, so that its logit is finite


@dataclass(frozen=True)
class Pooled:
    """What k hospitals say together, on the scale on which they were pooled.

    mean, error: of the centre of all hospitals, and its standard error after Hartung and Knapp. tau, tau_interval: the
    standard deviation of the true values between hospitals, and the two ends of its interval. q: Cochran's statistic,
    with the chance p of one so large where tau is 0. level: of the intervals.
    """

    mean: float
    error: float
    tau: float
    tau_interval: tuple[float, float]
    q: float
    p: float
    hospitals: int
    level: float

    @property
    def for_the_mean(self) -> tuple[float, float]:
        """The confidence interval for the centre: Student's t with k - 1 degrees of freedom."""
        half = t.ppf((1 + self.level) / 2, self.hospitals - 1) * self.error
        return self.mean - half, self.mean + half

    @property
    def for_the_next(self) -> tuple[float, float]:
        """The prediction interval for the true value of another hospital of the kind: t with k - 2.

        Source: Higgins, Thompson & Spiegelhalter, J. R. Stat. Soc. A 172:137, 2009; infinite for k = 2.
        """
        if self.hospitals < 3:
            return -math.inf, math.inf
        half = t.ppf((1 + self.level) / 2, self.hospitals - 2) * math.hypot(self.tau, self.error)
        return self.mean - half, self.mean + half


def between_variance(estimates: np.ndarray, errors: np.ndarray, method: str = "reml") -> float:
    """τ², the variance of the true values between hospitals, at least 0.

    method: "reml", restricted maximum likelihood by the iteration of Viechtbauer, J. Educ. Behav. Stat. 30:261, 2005;
    or "dl", the closed formula of DerSimonian & Laird, Controlled Clinical Trials 7:177, 1986.
    Raises ValueError for another method and for arrays that do not fit.

    Taught in notebooks/08_generalisation.ipynb, section 6.2.
    """
    y, v = _checked(estimates, errors)
    w = 1 / v
    centre = w @ y / w.sum()
    by_formula = max(0.0, (w @ (y - centre) ** 2 - (len(y) - 1)) / (w.sum() - w @ w / w.sum()))
    if method == "dl":
        return by_formula
    if method != "reml":
        raise ValueError(f"method: expected reml or dl, found {method!r}")
    tau2 = by_formula
    for _ in range(STEPS):
        w = 1 / (v + tau2)
        off = y - w @ y / w.sum()
        found = max(0.0, (w**2 @ (off**2 - v)) / (w @ w) + 1 / w.sum())
        if abs(found - tau2) < CLOSE:
            break
        tau2 = found
    return float(found)


def pool(estimates: np.ndarray, errors: np.ndarray, *, method: str = "reml", level: float = 0.95) -> Pooled:
    """Random-effects meta-analysis: each hospital has a true value of its own, drawn from a normal distribution.

    estimates, errors: (k,), k of 2 or more, with their standard errors. The standard error of the mean is that of
    Hartung & Knapp, Stat. Med. 20:3875, 2001, which knows that τ was estimated from few hospitals; never less than the
    usual one, as Röver, Knapp & Friede, BMC Med. Res. Methodol. 15:99, 2015, advise.
    Raises ValueError as `between_variance` does.

    Taught in notebooks/08_generalisation.ipynb, section 6.2.
    """
    y, v = _checked(estimates, errors)
    tau2 = between_variance(y, np.sqrt(v), method)
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    error = math.sqrt(max(1.0, w @ (y - mean) ** 2 / (len(y) - 1)) / w.sum())
    q = cochran_q(y, v)
    ends = tau_interval(y, np.sqrt(v), level)
    return Pooled(mean, error, math.sqrt(tau2), ends, q, float(chi2.sf(q, len(y) - 1)), len(y), level)


def cochran_q(estimates: np.ndarray, variances: np.ndarray) -> float:
    """Weighted sum of squares around the weighted mean: chi-squared with k - 1 if the variances are the whole ones."""
    w = 1 / variances
    return float(w @ (estimates - w @ estimates / w.sum()) ** 2)


def tau_interval(estimates: np.ndarray, errors: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Lower and upper end of τ: every value at which Cochran's Q, with τ² added to the variances, is no surprise.

    The Q-profile method (Viechtbauer, Stat. Med. 26:37, 2007). Raises ValueError as `between_variance` does.

    Taught in notebooks/08_generalisation.ipynb, section 6.2.
    """
    y, v = _checked(estimates, errors)
    ends = []
    for tail in ((1 + level) / 2, (1 - level) / 2):
        wanted = chi2.ppf(tail, len(y) - 1)
        if cochran_q(y, v) <= wanted:
            ends.append(0.0)
            continue
        far = 1.0
        while cochran_q(y, v + far) > wanted:
            far *= 2
        ends.append(math.sqrt(brentq(lambda tau2, wanted=wanted: cochran_q(y, v + tau2) - wanted, 0, far)))
    return ends[0], ends[1]


def _checked(estimates: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y, s = np.asarray(estimates, float), np.asarray(errors, float)
    if y.ndim != 1 or y.shape != s.shape or len(y) < 2 or not (s > 0).all() or not np.isfinite(y).all():
        raise ValueError(f"expected two or more finite estimates with errors above 0, found {y.shape} and {s.shape}")
    return y, s**2


@dataclass(frozen=True)
class Scale:
    """A scale on which a score is nearly normal: forward to it, and back from it."""

    forward: Callable[[np.ndarray], np.ndarray]
    back: Callable[[np.ndarray], np.ndarray]


# AUC on the log-odds scale and O:E on the log scale (Snell et al., Stat. Methods Med. Res. 27:3505, 2018)
SCALES = {
    "AUC": Scale(logit, expit),
    "O:E": Scale(np.log, np.exp),
    "intercept": Scale(np.asarray, np.asarray),
    "slope": Scale(np.asarray, np.asarray),
}
METRICS = {
    "AUC": evaluation.auc,
    "O:E": evaluation.observed_to_expected,
    "intercept": evaluation.calibration_intercept,
    "slope": evaluation.calibration_slope,
}


def by_hospital(
    score: str, hospitals: Mapping[str, tuple[evaluation.Labelled, np.ndarray]], *, draws: int, seed: int
) -> pd.DataFrame:
    """A score at each hospital on its scale, with the standard error over resampled patients.

    score: one of SCALES. hospitals: name -> (rows with labels 0 and 1 and patients, risks). Columns: patients,
    estimate, error (both on the scale), and the Interval of the score itself. Where all pairs are in order, the error
    of the AUC is Newcombe's.

    Taught in notebooks/08_generalisation.ipynb, section 6.2.
    """
    metric, scale, lines = METRICS[score], SCALES[score], {}
    for name, (rows, risks) in hospitals.items():
        pair = evaluation.two_columns(risks)
        found = metric(rows.labels, pair)
        drawn = evaluation.over_draws(
            rows, lambda w, rows=rows, pair=pair: metric(rows.labels, pair, w), draws=draws, seed=seed
        )
        ill = int((rows.labels == 1).sum())
        pairs = max(ill * (len(rows.labels) - ill), 1)
        kept = [np.clip(one, EDGE / pairs, 1 - EDGE / pairs) if score == "AUC" else one for one in (found, drawn)]
        at, moved = scale.forward(np.asarray(kept[0])), scale.forward(kept[1])
        low, high = np.nanquantile(drawn, [0.025, 0.975])
        error = float(np.nanstd(moved, ddof=1))
        if score == "AUC" and found in (0, 1):  # so on every draw, which tells nothing
            error = newcombe_error(kept[0], ill, len(rows.labels) - ill) / (kept[0] * (1 - kept[0]))
        lines[name] = {
            "patients": len(np.unique(rows.patients)),
            "estimate": float(at),
            "error": error,
            "score": evaluation.Interval(float(found), float(low), float(high)),
        }
    return pd.DataFrame.from_dict(lines, orient="index")


def intervals_of(pooled: Pooled, score: str) -> dict[str, evaluation.Interval]:
    """The mean with its confidence interval, and with the interval for the next hospital, in the score's own unit.

    Taught in notebooks/08_generalisation.ipynb, section 6.2.
    """
    back = SCALES[score].back
    return {
        name: evaluation.Interval(float(back(pooled.mean)), *(float(back(end)) for end in ends))
        for name, ends in (("mean hospital", pooled.for_the_mean), ("next hospital", pooled.for_the_next))
    }


def how_often_held(
    mean: float, tau: float, errors: np.ndarray, *, hospitals: int, repeats: int, seed: int, method: str = "reml"
) -> dict[str, float]:
    """How often the two 95 % intervals of k hospitals hold the true value of one more, in repeated studies.

    True values ~ N(mean, tau²); each hospital's estimate adds N(0, error²), its error drawn from `errors`.

    Taught in notebooks/08_generalisation.ipynb, section 6.3.
    """
    rng, held = np.random.default_rng(seed), np.zeros(2)
    for _ in range(repeats):
        truth = rng.normal(mean, tau, hospitals + 1)
        error = rng.choice(errors, hospitals)
        found = pool(rng.normal(truth[:-1], error), error, method=method)
        held += [low <= truth[-1] <= high for low, high in (found.for_the_mean, found.for_the_next)]
    return dict(zip(("interval of the mean", "interval for the next hospital"), (held / repeats).tolist(), strict=True))


def leave_one_out(sites: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Internal-external cross-validation: each hospital in turn is the test, all others train.

    Yields its name and the boolean masks of training and test rows, (n,). Source: Royston, Parmar & Sylvester, Stat.
    Med. 23:907, 2004; Steyerberg & Harrell, J. Clin. Epidemiol. 69:245, 2016.

    Taught in notebooks/08_generalisation.ipynb, section 6.2.
    """
    for site in dict.fromkeys(sites.tolist()):
        yield site, sites != site, sites == site
