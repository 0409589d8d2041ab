"""A simulated register without names, and how far age, sex and address tell who is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

FIRST, LAST = np.datetime64("1930-01-01"), np.datetime64("2010-01-01")  # days of birth, uniform between the two
POSTCODES = 60
DIAGNOSES = ("none", "asthma", "diabetes", "heart failure", "depression", "HIV")
RATES = (0.5, 0.14, 0.14, 0.1, 0.1, 0.02)  # of the diagnoses, at middle age: this course's choice
AGEING = (0.0, -1.0, 1.0, 2.0, 0.0, 0.0)  # how the log of each changes over the 80 years

Coarsen = Callable[[pd.DataFrame], pd.DataFrame]
DETAILS: dict[str, Coarsen] = {
    "birth date, sex, postcode": lambda town: town[["born", "sex", "postcode"]],
    "birth year, sex, postcode": lambda town: town[["sex", "postcode"]].assign(born=town["born"].dt.year),
    "decade of birth, sex, postcode": lambda town: town[["sex", "postcode"]].assign(born=_band(town, 10)),
    "20 years, sex, district": lambda town: town[["sex"]].assign(born=_band(town, 20), place=town["postcode"] // 10),
}


def _band(town: pd.DataFrame, years: int) -> pd.Series:
    """The year of birth, cut down to a multiple of so many years."""
    return town["born"].dt.year // years * years


def simulate_town(people: int, *, seed: int) -> pd.DataFrame:
    """Everybody in a town: columns born (day), sex, postcode (10 to 69), diagnosis, and in_register (True or False).

    Postcodes differ in size (log-normal, SD .8); six in ten people were in hospital, and so are in the register.
    Taught in notebooks/09_privacy.ipynb, section 1.1.
    """
    rng = np.random.default_rng([seed, 1])
    born = FIRST + rng.integers(int((LAST - FIRST).astype(int)), size=people).astype("timedelta64[D]")
    sizes = rng.lognormal(0, 0.8, POSTCODES)
    postcode = 10 + rng.choice(POSTCODES, size=people, p=sizes / sizes.sum())
    old = (LAST - born) / (LAST - FIRST) - 0.5
    odds = np.array(RATES) * np.exp(np.outer(old, AGEING))
    chosen = (rng.random(people)[:, None] > np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)).sum(axis=1)
    return pd.DataFrame(
        {
            "born": born.astype("datetime64[s]"),
            "sex": rng.choice(["F", "M"], people),
            "postcode": postcode,
            "diagnosis": np.array(DIAGNOSES)[np.minimum(chosen, len(DIAGNOSES) - 1)],
            "in_register": rng.random(people) < 0.6,
        }
    )


def group_sizes(table: pd.DataFrame) -> np.ndarray:
    """For each row, how many rows have the same values in all columns, itself included: int (n,).

    The least of them is the k of k-anonymity (Sweeney, 2002). Taught in notebooks/09_privacy.ipynb, section 1.1.
    """
    return table.groupby(list(table.columns)).transform("size").to_numpy()


def kinds_in_group(table: pd.DataFrame, secret: Sequence) -> np.ndarray:
    """For each row, how many different values `secret` (n,) takes among rows with the same values in all columns.

    The least of them is the l of l-diversity, in its simplest form (Machanavajjhala et al., 2007).
    Taught in notebooks/09_privacy.ipynb, section 1.1.
    """
    return (
        table.assign(secret=np.asarray(secret)).groupby(list(table.columns))["secret"].transform("nunique").to_numpy()
    )


def anonymity_table(town: pd.DataFrame) -> pd.DataFrame:
    """What each level of detail in DETAILS gives away of the people in the register; one row per level.

    Columns: "alone in the register" (share of group size 1), "named" (share who are alone in the whole town, so that
    whoever has a list of the town's people knows their names), "diagnosis known" (share in whose group, whatever its
    size, all have one diagnosis), k and l.

    Taught in notebooks/09_privacy.ipynb, section 1.1.
    """
    lines, listed = {}, town["in_register"].to_numpy()
    for name, coarsen in DETAILS.items():
        told = coarsen(town)
        inside = told[listed]
        sizes, kinds = group_sizes(inside), kinds_in_group(inside, town["diagnosis"][listed])
        lines[name] = {
            "alone in the register": (sizes == 1).mean(),
            "named": (group_sizes(told)[listed] == 1).mean(),
            "diagnosis known": (kinds == 1).mean(),
            "k": sizes.min(),
            "l": kinds.min(),
        }
    return pd.DataFrame.from_dict(lines, orient="index").astype({"k": int, "l": int})


def expected_unique(people: float, combinations: float) -> float:
    """The share of people who are alone with theirs of so many equally likely combinations: (1 - 1/c)^(n - 1).

    Taught in notebooks/09_privacy.ipynb, section 1.2.
    """
    return (1 - 1 / combinations) ** (people - 1)


def simulate_visits(people: int, visits: int, *, seed: int) -> np.ndarray:
    """Days of the visits of each person in three years, sorted: int (people, visits)."""
    return np.sort(np.random.default_rng([seed, 2]).integers(3 * 365, size=(people, visits)), axis=1)


def shift_days(days: np.ndarray, *, seed: int) -> np.ndarray:
    """Each person's days moved together by up to a year, another distance for each person.

    Taught in notebooks/09_privacy.ipynb, section 1.2.
    """
    return days + np.random.default_rng([seed, 3]).integers(-365, 366, size=(len(days), 1))


def suppress(counts: pd.DataFrame, least: int = 5) -> pd.DataFrame:
    """A table of counts where those from 1 to `least` - 1 are left out (NaN), with row and column totals that are not.

    Taught in notebooks/09_privacy.ipynb, section 1.2.
    """
    hidden = counts.where((counts == 0) | (counts >= least)).astype(float)
    hidden["all"] = counts.sum(axis=1)
    hidden.loc["all"] = [*counts.sum(axis=0), counts.to_numpy().sum()]
    return hidden


def solve_suppressed(published: pd.DataFrame) -> pd.DataFrame:
    """What the totals give back: again and again, a row or column with one gap is completed by subtraction.

    Taught in notebooks/09_privacy.ipynb, section 1.2.
    """
    table = published.to_numpy(float).copy()
    inner = table[:-1, :-1]
    for _ in range(inner.size):
        for lines, totals in ((inner, table[:-1, -1]), (inner.T, table[-1, :-1])):
            for line, total in zip(lines, totals, strict=True):
                if np.isnan(line).sum() == 1:
                    line[np.isnan(line)] = total - np.nansum(line)
    return pd.DataFrame(table, index=published.index, columns=published.columns)
