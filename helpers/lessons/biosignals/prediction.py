"""Seizure prediction: the stated risk, when a warning light is on, and what it is worth beyond chance.

An alarm at time t says: a seizure will begin between t + horizon and t + horizon + occurrence (`looks.Plan`). In the
words of `helpers.evaluation.alarms` the horizon is the minimum, and both together are the reach.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from helpers.datasets.simulators.biosignals.eeg_days import Looks
from helpers.evaluation import Interval, difference_of, garwood, wilson
from helpers.evaluation.alarms import Event, alarm_spans, event_leads, judge_alarms
from helpers.lessons.biosignals.looks import Plan, in_time, labels

PER_DAY = 1440  # minutes
SHARES = {  # what is counted, and among how many seizures
    "sensitivity": ("warned", "events"),
    "time in warning": ("lit", "events"),
    "where compared": ("warned compared", "compared"),
    "by clock": ("by clock", "compared"),
}
BEYOND = {"beyond chance": ("sensitivity", "time in warning"), "beyond the clock": ("where compared", "by clock")}


def events_of(looks: Looks) -> dict[str, list[Event]]:
    """The seizures as events, by person."""
    return {person: [Event(*span) for span in spans] for person, spans in looks.seizures.items()}


def risks_of(looks: Looks, features: np.ndarray, plan: Plan) -> np.ndarray:
    """The risk at each look, (n,), by a logistic regression that learned from everybody's past, and from nothing else.

    features: (n, k). Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    told = labels(looks, plan)
    rows = in_time(looks)[0] & (told >= 0)
    model = LogisticRegression(max_iter=500).fit(features[rows], told[rows])
    return model.predict_proba(features)[:, 1]


def leads(looks: Looks, risk: np.ndarray, threshold: float, plan: Plan) -> pd.DataFrame:
    """Every seizure and how long before it the alarm was on: the table of `helpers.evaluation.alarms.event_leads`.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    on = np.asarray(risk) >= threshold
    return event_leads(events_of(looks), looks, on, plan.reach, plan.horizon, plan.occurrence)


def judge(looks: Looks, risk: np.ndarray, threshold: float, plan: Plan) -> pd.DataFrame:
    """The table of `helpers.evaluation.alarms.judge_alarms`, a row per person; alarm: the risk reaches the threshold.

    An alarm that comes again within the occurrence period prolongs the one before. Four columns more:

    - lit: the share of moments at which a seizure, had it begun then, would have been warned of;
    - compared: of the events those that another day can be held against: they began in the part that is watched, with
      the whole reach before them in it, as the same hour of another day has;
    - warned compared: those of them that were warned of; by clock: how many of them would have been, had the alarms
      been those of another day at the same time, on average over the other days.

    risk: (n,), one for each look.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    on = np.asarray(risk) >= threshold
    table = judge_alarms(events_of(looks), looks, on, plan.reach, plan.horizon, plan.occurrence)
    events = leads(looks, risk, threshold, plan).query("foreseeable")
    reach, day = (round(minutes / looks.step_minutes) for minutes in (plan.reach, PER_DAY))
    columns = {}
    for person in table.index:
        mine, own = looks.people == person, events[events["person"] == person]
        light = lit_by(on[mine], looks.time[mine], plan)
        places = np.searchsorted(looks.time[mine], own["start"].to_numpy())
        columns[person] = {"lit": light.mean()} | _by_clock(light, places, own["warned"].to_numpy(), reach, day)
    return table.join(pd.DataFrame.from_dict(columns, orient="index"))


def _by_clock(light: np.ndarray, places: np.ndarray, warned: np.ndarray, reach: int, day: int) -> dict[str, float]:
    """The columns compared, warned compared and by clock of `judge`, of one person.

    light: bool (n,), of each look. places: the look at which each event began, n after the last; warned: bool, of
    each. reach, day: in looks. The first `reach` looks are left out, since the light does not know what was before.
    """
    found = {"compared": 0, "warned compared": 0, "by clock": 0.0}
    for place, right in zip(places, warned, strict=True):
        same_time = np.arange(reach + (place - reach) % day, len(light), day)
        others = same_time[same_time != place]
        if place in same_time and len(others):
            found["compared"] += 1
            found["warned compared"] += int(right)
            found["by clock"] += float(light[others].mean())
    return found


def lit_by(on: np.ndarray, time: np.ndarray, plan: Plan) -> np.ndarray:
    """Whether a seizure that began at each moment would be warned of, bool (n,): the *warning light* of one person.

    on: bool (n,). time: datetime64 (n,), ascending.
    """
    spans = alarm_spans(on, time, plan.occurrence)
    horizon, reach = (np.timedelta64(round(60 * minutes), "s") for minutes in (plan.horizon, plan.reach))
    switched = np.zeros(len(time) + 1, int)
    np.add.at(switched, np.searchsorted(time, spans[:, 0] + horizon), 1)
    np.add.at(switched, np.searchsorted(time, spans[:, 1] + reach, side="right"), -1)
    return np.cumsum(switched[:-1]) > 0


def random_sensitivity(alarms_per_hour: float, occurrence_hours: float) -> float:
    """The share of seizures that alarms at random moments foretell: 1 - exp(-rate · occurrence period).

    A Poisson process has no alarm in such a period with chance exp(-rate · period) (Winterhalder et al. 2003).

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    return 1 - np.exp(-alarms_per_hour * occurrence_hours)


def worth(table: pd.DataFrame, plan: Plan) -> pd.Series:
    """The table of `judge` added up over people: what was warned of, what it cost, and what chance would have given.

    time in warning: the share of time with the light on, which is the share of seizures that the same alarms at another
    time, any, would have been right about (Snyder et al., Journal of Neural Engineering 5:392, 2008). beyond the clock:
    of the seizures that were compared the share warned of, less the share that other days at the same time would have
    been; NaN where none was.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    total = {name: column.sum() for name, column in _columns(table).items()}
    return pd.Series({name: float(value) for name, value in _scores(total, plan).items()})


def worth_intervals(table: pd.DataFrame, plan: Plan, *, draws: int = 200, seed: int = 1) -> dict[str, Interval]:
    """Each score of `worth` with a 95 % interval from resampling people, and of each person drawn the seizures.

    Few people alone would give too narrow an interval. A person's seizures drawn anew are warned of as often as a
    binomial number says; false and all alarms vary as Poisson numbers do. What no draw varies has another interval: a
    share of 0 or 1 Wilson's, with people as the count, and a difference with it one by squares (`difference_of`); no
    alarm at all that of a Poisson number (`garwood`). What nothing defines is NaN to NaN.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    rng, columns = np.random.default_rng(seed), _columns(table)
    people = rng.integers(len(table), size=(draws, len(table)))
    again = {name: column[people] for name, column in columns.items()}
    others, of_others = again["events"] - again["compared"], again["warned"] - again["warned compared"]
    again["warned compared"] = _binomial(rng, again["compared"], again["warned compared"])
    again["warned"] = again["warned compared"] + _binomial(rng, others, of_others)
    for name in ("false", "sounded"):
        again[name] = rng.poisson(again[name])
    sums, total = ({name: value.sum(axis=-1) for name, value in of.items()} for of in (again, columns))
    drawn, scores = _scores(sums, plan), _scores(total, plan)
    found = {name: _interval(score, drawn[name]) for name, score in scores.items()}
    shares = {name: _interval(share, _shares(sums)[name]) for name, share in _shares(total).items()}
    return found | _at_the_edge(shares, columns, plan)


def _binomial(rng: np.random.Generator, n: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """So many hits of n drawn anew, elementwise; none of none."""
    return rng.binomial(n.astype(int), hits / np.maximum(n, 1))


def _interval(estimate: np.ndarray, drawn: np.ndarray) -> Interval:
    """95 % of the draws that are defined, NaN where none is."""
    drawn = drawn[np.isfinite(drawn)]
    ends = np.quantile(drawn, [0.025, 0.975]) if len(drawn) else (np.nan, np.nan)
    return Interval(float(estimate), *map(float, ends))


def _at_the_edge(shares: dict[str, Interval], columns: dict[str, np.ndarray], plan: Plan) -> dict[str, Interval]:
    """The intervals of those scores that are the same on every draw, for `worth_intervals`.

    shares: of SHARES, from draws. columns: as `_columns` gives them.
    """
    edge = {}
    for name, (_, whole) in SHARES.items():
        if shares[name].estimate in (0, 1):
            people = int((columns[whole] > 0).sum())
            edge[name] = wilson(round(shares[name].estimate * people), people)
    shares = shares | edge
    found = {name: edge[name] for name in ("sensitivity", "time in warning") if name in edge}
    for name, (one, other) in BEYOND.items():
        if one in edge or other in edge:
            found[name] = difference_of(shares[one], shares[other])
    days = columns["days"].sum()
    if not columns["false"].any():
        found["false alarms a day"] = garwood(0, days)
    if not columns["sounded"].any():
        most = random_sensitivity(garwood(0, 24 * days).high, plan.occurrence / 60)
        found["random alarms"] = Interval(0.0, 0.0, float(most))
    return found


def _columns(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """What is added up over people, each (people,): lit weighs a person's light by the person's seizures."""
    names = ("events", "warned", "sounded", "false", "days", "compared", "warned compared", "by clock")
    return {name: table[name].to_numpy(float) for name in names} | {"lit": (table["lit"] * table["events"]).to_numpy()}


def _shares(total: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The shares of SHARES of sums over people, of any shape; NaN of no seizure."""
    with np.errstate(invalid="ignore"):
        return {name: total[part] / total[whole] for name, (part, whole) in SHARES.items()}


def _scores(total: dict[str, np.ndarray], plan: Plan) -> dict[str, np.ndarray]:
    """The scores of `worth` of sums over people, of any shape; NaN of no seizure."""
    shares = _shares(total)
    return {
        "sensitivity": shares["sensitivity"],
        "false alarms a day": total["false"] / total["days"],
        "time in warning": shares["time in warning"],
        "random alarms": random_sensitivity(total["sounded"] / (24 * total["days"]), plan.occurrence / 60),
    } | {name: shares[one] - shares[other] for name, (one, other) in BEYOND.items()}


def curve(looks: Looks, risk: np.ndarray, plan: Plan, points: int = 12) -> pd.DataFrame:
    """The scores of `worth` at some quantiles of the risk, one row per threshold, falling.

    The thresholds let from two in a thousand to six in ten of the looks pass, so many of them (points), and evenly on a
    scale of factors.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    thresholds = np.quantile(risk, 1 - np.geomspace(2e-3, 0.6, points))
    tables = {threshold: judge(looks, risk, threshold, plan) for threshold in np.unique(thresholds)[::-1]}
    rows = {threshold: worth(table, plan) for threshold, table in tables.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("threshold")


def choose(table: pd.DataFrame, most_warning: float) -> float:
    """The lowest threshold whose light is on for at most this share of the time, the highest where none keeps to it.

    table: as `curve` gives it, of validation. A limit of false alarms would not do: one alarm that never ends is few.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    allowed = table.index[table["time in warning"] <= most_warning]
    return float(allowed.min() if len(allowed) else table.index.max())
