"""Answers to the exercises of notebook 03: right ones, blanks, and mistakes with a part of the hint that meets each."""

import math

import numpy as np
import pandas as pd

# 03.1: back through time with one unit


def states(inputs, w, u):
    h = [0.0]
    for value in inputs:
        h.append(math.tanh(w * value + u * h[-1]))
    return np.array(h[1:])


def influence_by_product(inputs, w, u):
    return np.prod(1 - states(inputs, w, u) ** 2) * w * u ** (len(inputs) - 1)


def influence_by_nudge(inputs, w, u):
    up, down = np.array(inputs, float), np.array(inputs, float)
    up[0], down[0] = up[0] + 1e-5, down[0] - 1e-5
    return (states(up, w, u)[-1] - states(down, w, u)[-1]) / 2e-5


def influence_forward(inputs, w, u):
    h, influence = 0.0, w
    for t, value in enumerate(inputs):
        h = np.tanh(w * value + u * h)
        influence *= (1 - h**2) * (u if t else 1)
    return influence


def influence_without_slopes(inputs, w, u):
    return w * u ** (len(inputs) - 1)


def influence_u_at_the_first(inputs, w, u):
    return np.prod(1 - states(inputs, w, u) ** 2) * w * u ** len(inputs)


def influence_without_w(inputs, w, u):
    return np.prod(1 - states(inputs, w, u) ** 2) * u ** len(inputs)


def influence_without_the_last_slope(inputs, w, u):
    return np.prod(1 - states(inputs, w, u)[:-1] ** 2) * w * u ** (len(inputs) - 1)


# 03.2: gates by hand


def gates(forget, entry) -> dict:
    return {"forget": forget, "input": entry}


# 03.3: planted leaks

KNOWS_TOO_MUCH = {
    "glucose 15 minutes ago": False,
    "mean of the last 60 minutes": False,
    "mean of the 30 minutes before and the 30 after": True,
    "the person's mean over the whole recording": True,
    "on a test day: the person's mean over the training days": False,
    "smooth curve through the whole record, at this moment": True,
    "hours since the last announced meal": False,
    "hours until the next meal": True,
}

# 03.4: three averages


def averages_by_loop(errors, people):
    squares = errors**2
    of_people = [np.sqrt(squares[people == person].mean()) for person in np.unique(people)]
    return np.sqrt(squares.mean()), np.mean(of_people), np.sqrt(np.median(squares))


def averages_by_pandas(errors, people):
    each = pd.Series(errors**2).groupby(people).mean()
    return [np.linalg.norm(errors) / len(errors) ** 0.5, (each**0.5).mean(), np.median(errors**2) ** 0.5]


def averages_root_last(errors, people):
    of_people = pd.Series(errors**2).groupby(people).mean()
    return np.sqrt(np.mean(errors**2)), np.sqrt(of_people.mean()), np.sqrt(np.median(errors**2))


def averages_of_sizes(errors, people):
    return np.abs(errors).mean(), 0.0, 0.0


def averages_without_people(errors, people):
    one = np.sqrt(np.mean(errors**2))
    return one, one, np.sqrt(np.median(errors**2))


# 03.5: the alarm's threshold


def alarm_by_key(thresholds, sensitivity, false_per_day, most_false):
    allowed = np.flatnonzero(false_per_day <= most_false)
    return thresholds[max(allowed, key=lambda k: (sensitivity[k], -false_per_day[k]))]


def alarm_by_sorting(thresholds, sensitivity, false_per_day, most_false):
    rows = sorted(zip(-sensitivity, false_per_day, thresholds, strict=True))
    return next(threshold for _, wrong, threshold in rows if wrong <= most_false)


def alarm_highest_allowed(thresholds, sensitivity, false_per_day, most_false):
    return thresholds[false_per_day <= most_false].max()


def alarm_below_the_limit_only(thresholds, sensitivity, false_per_day, most_false):
    return alarm_by_key(thresholds, sensitivity, np.where(false_per_day < most_false, false_per_day, 1e9), 1e8)


def alarm_argmax(thresholds, sensitivity, false_per_day, most_false):
    return thresholds[np.argmax(np.where(false_per_day <= most_false, sensitivity, -1))]


def alarm_first_of_equals(thresholds, sensitivity, false_per_day, most_false):
    allowed = np.flatnonzero(false_per_day <= most_false)[::-1]
    return thresholds[allowed[np.argmax(sensitivity[allowed])]]


# 03.6: the half width


def width_by_sorting(residuals, coverage):
    k = int(np.ceil((len(residuals) + 1) * coverage - 1e-9))
    return np.sort(np.abs(residuals))[k - 1]


def width_by_partition(residuals, coverage):
    k = math.ceil(round((len(residuals) + 1) * coverage, 6))
    return float(np.partition(np.abs(residuals), k - 1)[k - 1])


RIGHT = {
    "03.1": [influence_by_product, influence_by_nudge, influence_forward],
    "03.2": [gates((-20, 10), (20, -10)), gates([-60.0, 30.0], (np.float64(40), -25)), gates((-15, 9), (17, -9))],
    "03.3": [
        KNOWS_TOO_MUCH,
        {feature: np.bool_(leaks) for feature, leaks in KNOWS_TOO_MUCH.items()},
        {feature: int(leaks) for feature, leaks in KNOWS_TOO_MUCH.items()},
    ],
    "03.4": [averages_by_loop, averages_by_pandas],
    "03.5": [alarm_by_key, alarm_by_sorting],
    "03.6": [width_by_sorting, width_by_partition],
}

STUBS = {
    "03.1": [None, lambda inputs, w, u: None, lambda inputs, w, u: ...],
    "03.2": [None, gates((None, None), (None, None)), gates((-20, 10), (None, None))],
    "03.3": [None, dict.fromkeys(KNOWS_TOO_MUCH)],
    "03.4": [None, lambda errors, people: None],
    "03.5": [None, lambda thresholds, sensitivity, false_per_day, most_false: None],
    "03.6": [None, lambda residuals, coverage: None],
}

WRONG = {
    "03.1": [
        (influence_without_slopes, "slope of tanh belongs to each step"),
        (influence_u_at_the_first, "one u less"),
        (influence_without_w, "the first step brings w"),
        (influence_without_the_last_slope, "the last step has a slope too"),
        (lambda inputs, w, u: w, "one factor for every step"),
        (lambda inputs, w, u: 0.0, "one factor for every step"),
    ],
    "03.2": [
        (gates((20, -10), (-20, 10)), "or the noise is let in"),
        (gates((0, 10), (20, -10)), "added to the old one"),
        (gates((-20, 10), (0, 10)), "the noise is let in"),
        (gates((-20, 10), (0, -10)), "the number is not taken"),
        (gates((0, -10), (20, -10)), "open means keep"),
        (gates((-4, 2), (4, -2)), "open and shut further"),
        (gates((1, 2, 3), (4, -2)), "two numbers"),
        ({"forget": (-20, 10)}, "exactly the keys"),
    ],
    "03.3": [
        (dict.fromkeys(KNOWS_TOO_MUCH, True), "measured by then"),
        (dict.fromkeys(KNOWS_TOO_MUCH, False), "second half"),
        (KNOWS_TOO_MUCH | {"the person's mean over the whole recording": False}, "test days"),
        (KNOWS_TOO_MUCH | {"smooth curve through the whole record, at this moment": False}, "only the past"),
        (KNOWS_TOO_MUCH | {"hours since the last announced meal": True}, "announced by now"),
        (KNOWS_TOO_MUCH | {"hours until the next meal": "no"}, "True or False"),
        (KNOWS_TOO_MUCH | {"hours until the next meal": 2}, "True or False"),
        (dict(list(KNOWS_TOO_MUCH.items())[1:]), "exactly the keys"),
    ],
    "03.4": [
        (averages_root_last, "root before the mean"),
        (averages_of_sizes, "square first"),
        (averages_without_people, "mean of the people's RMSE"),
        (lambda errors, people: (errors.std(), 0, 0), "part of them"),
        (lambda errors, people: (np.mean(errors**2), 0, 0), "the root is missing"),
        (lambda errors, people: np.sqrt(np.mean(errors**2)), "three numbers"),
    ],
    "03.5": [
        (alarm_argmax, "fewer false alarms"),
        (alarm_highest_allowed, "need not find the most"),
        (alarm_below_the_limit_only, "exactly the limit is allowed"),
        (alarm_first_of_equals, "fewer false alarms"),
        (lambda thresholds, sensitivity, false_per_day, most_false: 80, "yours gives more"),
        (lambda thresholds, sensitivity, false_per_day, most_false: 71, "none of the thresholds"),
        (lambda thresholds, sensitivity, false_per_day, most_false: thresholds[0], "better threshold than 60"),
    ],
    "03.6": [
        (lambda residuals, coverage: np.sort(np.abs(residuals))[round((len(residuals) + 1) * coverage) - 1], "round"),
        (lambda residuals, coverage: np.quantile(np.abs(residuals), coverage), "round (n + 1)"),
        (lambda residuals, coverage: np.sort(np.abs(residuals))[int(np.ceil(len(residuals) * coverage)) - 1], "round"),
        (lambda residuals, coverage: np.sort(residuals)[int(np.ceil((len(residuals) + 1) * coverage)) - 1], "signs"),
        (lambda residuals, coverage: np.abs(residuals).max(), "round"),
        (lambda residuals, coverage: 1.64 * residuals.std(), "round"),
    ],
}
