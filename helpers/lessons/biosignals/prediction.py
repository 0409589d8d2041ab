"""Seizure prediction: what is learned from, when a warning light is on, and what it is worth beyond chance.

An alarm at time t says: a seizure will begin between t + horizon and t + horizon + occurrence. The *horizon* is what is
left to act in, the *occurrence period* how long one has to be on guard (Winterhalder et al., Epilepsy & Behavior 4:318,
2003, where both come from). In the words of `helpers.evaluation.alarms` the horizon is the minimum, and both together
are the reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from sklearn.linear_model import LogisticRegression

from helpers.datasets.simulators.biosignals.eeg_days import Looks
from helpers.evaluation import Interval
from helpers.evaluation.alarms import Event, alarm_spans, event_leads, judge_alarms

PAST_MINUTES = 30  # over which features are averaged
FAR_HOURS = 1.0  # after a seizure nothing is learned for so long
PER_DAY = 1440


@dataclass(frozen=True)
class Plan:
    """When a warning counts, minutes: at least `horizon` before a seizure, at most `horizon + occurrence`."""

    horizon: float = 10.0
    occurrence: float = 50.0

    @property
    def reach(self) -> float:
        """The longest time before a seizure at which an alarm still warns of it."""
        return self.horizon + self.occurrence


def events_of(looks: Looks) -> dict[str, list[Event]]:
    """The seizures as events, by person."""
    return {person: [Event(*span) for span in spans] for person, spans in looks.seizures.items()}


def part_of(looks: Looks, chosen: np.ndarray) -> Looks:
    """Some of the looks, (n,) bool; the seizures stay, and those before which nothing was seen count for nothing."""
    rows = {name: getattr(looks, name)[chosen] for name in ("people", "time", "features", "gain")}
    return replace(looks, **rows)


def in_time(looks: Looks, train: float = 0.5, validation: float = 0.2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Everybody's past, the time after it, and their future: three masks (n,) of train, validation and test.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    share = np.empty(len(looks.time))
    for person in np.unique(looks.people):
        mine = looks.people == person
        share[mine] = np.arange(mine.sum()) / mine.sum()
    return share < train, (share >= train) & (share < train + validation), share >= train + validation


def over_the_past(looks: Looks, minutes: float = PAST_MINUTES) -> np.ndarray:
    """The features averaged over the last looks, this one included, float64 (n, k): nothing later is read.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    steps = max(round(minutes / looks.step_minutes), 1)
    averaged = np.empty(looks.features.shape)
    for person in np.unique(looks.people):
        mine = looks.people == person
        rows = looks.features[mine].astype(float)
        many = np.minimum(np.arange(1, len(rows) + 1), steps)[:, None]
        averaged[mine] = lfilter(np.ones(steps), [1], rows, axis=0) / many
    return averaged


def own_scale(features: np.ndarray, people: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Features (n, k) less the person's mean, by the person's deviation, both of the training looks alone."""
    scaled = np.empty(features.shape)
    for person in np.unique(people):
        mine = people == person
        known = features[mine & train]
        scaled[mine] = (features[mine] - known.mean(axis=0)) / known.std(axis=0)
    return scaled


def minutes_to_seizure(looks: Looks) -> tuple[np.ndarray, np.ndarray]:
    """Minutes from each look to the start of the next seizure, and since the last one's end; inf where there is none.

    A look during a seizure has 0 since.
    """
    ahead, since = np.full(len(looks.time), np.inf), np.full(len(looks.time), np.inf)
    minute = np.timedelta64(1, "m")
    for person, spans in looks.seizures.items():
        mine = looks.people == person
        if len(spans):
            to_start = (spans[:, 0] - looks.time[mine][:, None]) / minute
            from_end = (looks.time[mine][:, None] - spans[:, 1]) / minute
            ahead[mine] = np.where(to_start > 0, to_start, np.inf).min(axis=1)
            since[mine] = np.where(to_start <= 0, from_end.clip(0), np.inf).min(axis=1)
    return ahead, since


def labels(looks: Looks, plan: Plan) -> np.ndarray:
    """1 before a seizure by horizon to reach minutes, 0 elsewhere, -1 where nothing is learned: int8 (n,).

    Nothing is learned of the horizon itself, of the seizure and of the hour that follows.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    ahead, since = minutes_to_seizure(looks)
    told = np.where((ahead >= plan.horizon) & (ahead <= plan.reach), 1, 0)
    return np.where((ahead < plan.horizon) | (since < 60 * FAR_HOURS), -1, told).astype(np.int8)


def last_looks(features: np.ndarray, people: np.ndarray, steps: int = 12) -> np.ndarray:
    """For each look the features of the last looks, this one at the end, float32 (n, steps, k): nothing later is read.

    features: (n, k), in order of person and time. Before a person's first look stands that first look.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    _, first, whose = np.unique(people, return_index=True, return_inverse=True)
    places = np.maximum(np.arange(len(people))[:, None] - np.arange(steps - 1, -1, -1), first[whose][:, None])
    return features.astype(np.float32)[places]


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

    An alarm that comes again within the occurrence period prolongs the one before. Two columns more: lit: the minutes
    at which a seizure, had it begun then, would have been warned of; by clock: how many of the person's seizures would
    have been, had the alarms been those of another day at the same time, on average over the other days.
    risk: (n,), one for each look.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    on = np.asarray(risk) >= threshold
    table = judge_alarms(events_of(looks), looks, on, plan.reach, plan.horizon, plan.occurrence)
    lit, by_clock = {}, {}
    for person in table.index:
        mine = looks.people == person
        light = lit_by(on[mine], looks.time[mine], plan)
        places = np.searchsorted(looks.time[mine], looks.seizures[person][:, 0])
        places = places[(places >= plan.reach / looks.step_minutes) & (places < len(light))]
        day = round(PER_DAY / looks.step_minutes)
        same_time = [light[place % day :: day] for place in places]  # this day's light and those of the others
        lit[person] = light.mean()
        by_clock[person] = sum(
            (lights.sum() - light[place]) / (len(lights) - 1)
            for place, lights in zip(places, same_time, strict=True)
            if len(lights) > 1
        )
    return table.assign(lit=pd.Series(lit), **{"by clock": pd.Series(by_clock)})


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
    time, any, would have been right about (Snyder et al., Journal of Neural Engineering 5:392, 2008).

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    return pd.Series({name: float(value) for name, value in _scores(_summed(table), plan).items()})


def worth_intervals(table: pd.DataFrame, plan: Plan, *, draws: int = 200, seed: int = 1) -> dict[str, Interval]:
    """Each score of `worth` with a 95 % interval from resampling people, and of each person drawn the seizures.

    Few people alone would give too narrow an interval. A person's seizures drawn anew are warned of as often as a
    binomial number says; false and all alarms vary as Poisson numbers do.

    Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    rng = np.random.default_rng(seed)
    people = rng.integers(len(table), size=(draws, len(table)))
    again = {name: column[people] for name, column in _columns(table).items()}
    share = again["warned"] / np.maximum(again["events"], 1)
    again["warned"] = rng.binomial(again["events"].astype(int), share)
    for name in ("false", "sounded"):
        again[name] = rng.poisson(again[name])
    drawn = _scores({name: value.sum(axis=1) for name, value in again.items()}, plan)
    ends = {name: np.nanquantile(value, [0.025, 0.975]) for name, value in drawn.items()}
    return {name: Interval(value, *map(float, ends[name])) for name, value in worth(table, plan).items()}


def _columns(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """What is added up over people, each (people,): lit weighs a person's light by the person's seizures."""
    names = ("events", "warned", "sounded", "false", "days", "by clock")
    return {name: table[name].to_numpy(float) for name in names} | {"lit": (table["lit"] * table["events"]).to_numpy()}


def _summed(table: pd.DataFrame) -> dict[str, np.ndarray]:
    return {name: np.asarray(column.sum()) for name, column in _columns(table).items()}


def _scores(total: dict[str, np.ndarray], plan: Plan) -> dict[str, np.ndarray]:
    """The scores of `worth` of sums over people, of any shape; NaN of no seizure."""
    with np.errstate(invalid="ignore"):
        sensitivity, lit, by_clock = (total[name] / total["events"] for name in ("warned", "lit", "by clock"))
    return {
        "sensitivity": sensitivity,
        "false alarms a day": total["false"] / total["days"],
        "time in warning": lit,
        "random alarms": random_sensitivity(total["sounded"] / (24 * total["days"]), plan.occurrence / 60),
        "beyond chance": sensitivity - lit,
        "beyond the clock": sensitivity - by_clock,
    }


def curve(looks: Looks, risk: np.ndarray, plan: Plan, points: int = 12) -> pd.DataFrame:
    """The scores of `worth` at thresholds between the least and the greatest risk, one row per threshold, falling.

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
