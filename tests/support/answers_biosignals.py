"""Answers to the exercises of notebook 12: right ones, blanks, and mistakes with a part of the hint that meets each."""

import numpy as np
import pandas as pd
from scipy.stats import poisson

# 12.1: beats found


def matched_by_loop(found, true, tolerance):
    left, hits = list(found), 0
    for beat in true:
        near = [one for one in left if abs(one - beat) <= tolerance]
        if near:
            left.remove(near[0])
            hits += 1
    return hits / len(true), hits / len(found)


def matched_to_the_nearest(found, true, tolerance):
    left, hits = list(found), 0
    for beat in true:
        near = [one for one in left if abs(one - beat) <= tolerance]
        if near:
            left.remove(min(near, key=lambda one: abs(one - beat)))
            hits += 1
    return hits / len(true), hits / len(found)


def matched_by_two_pointers(found, true, tolerance):
    i = k = hits = 0
    while i < len(found) and k < len(true):
        if abs(found[i] - true[k]) <= tolerance:
            hits, i, k = hits + 1, i + 1, k + 1
        elif found[i] < true[k]:
            i += 1
        else:
            k += 1
    return [hits / len(true), hits / len(found)]


def near(found, true, tolerance):
    return np.abs(np.subtract.outer(found, true)) <= tolerance


def only_later(found, true, tolerance):
    later = np.subtract.outer(found, true)
    hits = ((later >= 0) & (later <= tolerance)).any(axis=0).sum()
    return hits / len(true), hits / len(found)


# 12.2: how early


def earliness_by_loop(rr):
    ratios = [1.0]
    for k in range(1, len(rr)):
        ratios.append(rr[k] / np.mean(rr[max(0, k - 10) : k]))
    return np.array(ratios)


def earliness_by_pandas(rr):
    before = pd.Series(rr).rolling(10, min_periods=1).mean().shift()
    return (pd.Series(rr) / before).fillna(1).tolist()


def with_itself(rr):
    return np.array([1.0] + [rr[k] / np.mean(rr[max(0, k - 10) : k + 1]) for k in range(1, len(rr))])


def of_the_future(rr):
    return np.array(
        [1.0] + [rr[k] / np.mean(rr[k + 1 : k + 11]) if k + 1 < len(rr) else 1.0 for k in range(1, len(rr))]
    )


def in_place(rr):
    rr[:] = earliness_by_loop(rr)
    return rr


# 12.3: seizures foretold


def predicted_by_loop(alarms, seizures, horizon, occurrence):
    foretold = 0
    for seizure in seizures:
        foretold += any(horizon <= seizure - alarm <= horizon + occurrence for alarm in alarms)
    return foretold / len(seizures)


def predicted_by_search(alarms, seizures, horizon, occurrence):
    alarms, seizures = np.sort(alarms), np.asarray(seizures)
    first = np.searchsorted(alarms, seizures - horizon - occurrence)
    return np.mean(np.searchsorted(alarms, seizures - horizon, side="right") > first)


def share_where(rule):
    """The share of seizures with an alarm so many minutes before that the rule holds."""

    def predicted(alarms, seizures, horizon, occurrence):
        return rule(seizures[:, None] - alarms, horizon, occurrence).any(axis=1).mean()

    return predicted


def alarms_right(alarms, seizures, horizon, occurrence):
    before = seizures[:, None] - alarms
    return ((before >= horizon) & (before <= horizon + occurrence)).any(axis=0).mean()


def counted_twice(alarms, seizures, horizon, occurrence):
    before = seizures[:, None] - alarms
    return ((before >= horizon) & (before <= horizon + occurrence)).sum() / len(seizures)


# 12.4: chance


def chance_by_formula(alarms_a_day, occurrence_minutes):
    return 1 - np.exp(-alarms_a_day / 1440 * occurrence_minutes)


def chance_by_scipy(alarms_a_day, occurrence_minutes):
    return poisson.sf(0, alarms_a_day * occurrence_minutes / 60 / 24)


RIGHT = {
    "12.1": [matched_by_loop, matched_by_two_pointers],
    "12.2": [earliness_by_loop, earliness_by_pandas],
    "12.3": [predicted_by_loop, predicted_by_search],
    "12.4": [chance_by_formula, chance_by_scipy],
}

STUBS = {
    "12.1": [None, ..., lambda found, true, tolerance: ...],
    "12.2": [None, ..., lambda rr: ...],
    "12.3": [None, ..., lambda alarms, seizures, horizon, occurrence: ...],
    "12.4": [None, ..., lambda alarms_a_day, occurrence_minutes: ...],
}

WRONG = {
    "12.1": [
        (lambda f, t, w: (near(f, t, w).any(axis=0).mean(), near(f, t, w).any(axis=1).mean()), "counts once"),
        (lambda f, t, w: matched_by_loop(f, t, w)[::-1], "the other way round"),
        (lambda f, t, w: matched_by_loop(f, t, w - 1e-9), "just as far away"),
        (only_later, "before the beat"),
        (matched_to_the_nearest, "take the earliest"),
        (lambda f, t, w: matched_by_loop(f, t, w)[0], "two numbers"),
    ],
    "12.2": [
        (with_itself, "hides itself"),
        (of_the_future, "the future"),
        (lambda rr: rr / rr.mean(), "does not know"),
        (lambda rr: 1 / earliness_by_loop(rr), "stands below"),
        (lambda rr: earliness_by_loop(rr)[1:], "one ratio for each"),
        (in_place, "work on a copy"),
    ],
    "12.3": [
        (share_where(lambda b, h, o: (b > 0) & (b <= h + o)), "too late to act"),
        (share_where(lambda b, h, o: (b >= h) & (b <= o)), "where the horizon ends"),
        (share_where(lambda b, h, o: b >= h), "long before"),
        (alarms_right, "count seizures"),
        (counted_twice, "two alarms"),
        (lambda a, s, h, o: predicted_by_loop(a, s, h, o) * len(s), "the share is asked for"),
    ],
    "12.4": [
        (lambda a, m: a * m / 1440, "two may fall into one period"),
        (lambda a, m: min(a * m / 1440, 1), "two may fall into one period"),
        (lambda a, m: 1 - np.exp(-a * m), "one unit"),
        (lambda a, m: 1 - np.exp(-a * m / 60), "one unit"),
        (lambda a, m: np.exp(-a * m / 1440), "no alarm"),
    ],
}
