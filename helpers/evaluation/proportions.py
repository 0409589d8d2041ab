"""How wide the interval of a plain proportion or of an AUC is, by formula, and how many patients one needs."""

from __future__ import annotations

import math
from statistics import NormalDist

from scipy.stats import binomtest

from helpers.evaluation.inputs import check_level
from helpers.evaluation.intervals import Interval


def wilson(hits: int, n: int, *, level: float = 0.95) -> Interval:
    """A share of n independent patients with Wilson's interval (by SciPy), sensible also near 0 and 1.

    Source: Wilson, J. Am. Stat. Assoc. 22:209, 1927; recommended by Newcombe, Stat. Med. 17:857, 1998.
    Raises ValueError unless 0 <= hits <= n and n >= 1.

    Taught in notebooks/04_evaluation.ipynb, section 7.1.
    """
    if n < 1 or not 0 <= hits <= n or hits != int(hits) or n != int(n):
        raise ValueError(f"wilson: expected 0 <= hits <= n, whole numbers, n of 1 or more, found {hits} of {n}")
    check_level(level)
    found = binomtest(int(hits), int(n)).proportion_ci(confidence_level=level, method="wilson")
    return Interval(hits / n, float(found.low), float(found.high))


def patients_for(half_width: float, share: float, *, level: float = 0.95) -> int:
    """How many independent patients an interval of share ± half_width needs: z² p (1 - p) / w², rounded up.

    Raises ValueError for a share outside 0 to 1 or a half width that is not above 0.

    Taught in notebooks/04_evaluation.ipynb, section 7.4.
    """
    if not 0 <= share <= 1 or not half_width > 0:
        raise ValueError(f"patients_for: expected a share and a width above 0, found {share} and {half_width}")
    check_level(level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    return math.ceil(round(z**2 * share * (1 - share) / half_width**2, 9))


def auc_half_width(auc: float, diseased: int, healthy: int, *, level: float = 0.95) -> float:
    """Half the width of an interval around an AUC of which only the value and the numbers of patients are known.

    z √V with V = (A (1 - A) + (m - 1)(Q₁ - A²) + (n - 1)(Q₂ - A²)) / (m n), where m are diseased, n healthy, Q₁ =
    A / (2 - A) and Q₂ = 2 A² / (1 + A): exact for exponential scores, close for others (Hanley & McNeil, Radiology
    143:29, 1982). Raises ValueError for an AUC outside 0 to 1 or a class without a patient.

    Taught in notebooks/02_cnn_imaging.ipynb, section 8.
    """
    if not 0 <= auc <= 1 or diseased < 1 or healthy < 1:
        raise ValueError(f"auc_half_width: expected an AUC and two counts, found {auc}, {diseased} and {healthy}")
    check_level(level)
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (diseased - 1) * (q1 - auc**2) + (healthy - 1) * (q2 - auc**2)
    return NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(variance / (diseased * healthy))
