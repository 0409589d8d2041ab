"""Answers to the exercises of notebook 03: right ones, blanks, and mistakes with a part of the hint that meets each."""

import math

import numpy as np

# 03.1: weights of recurrent layers


def recurrent(rnn, lstm, gru) -> dict:
    return {"SimpleRNN": rnn, "LSTM": lstm, "GRU": gru}


# 03.2: planted leaks

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

# 03.3: a slope that looks back


def slope_by_difference(values):
    return np.diff(values, prepend=values[0])


def slope_over_three_steps(values):
    slopes = np.zeros(len(values))
    slopes[3:] = (values[3:] - values[:-3]) / 3
    return slopes


def slope_of_a_line(values):
    return [0.0 if t < 4 else np.polyfit(np.arange(4), values[t - 3 : t + 1], 1)[0] for t in range(len(values))]


def slope_forward(values):
    return np.diff(values, append=values[-1])


def slope_less_the_mean(values):
    return np.diff(values - values.mean(), prepend=0)


# 03.4: the alarm's threshold


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


def alarm_first_of_equals(thresholds, sensitivity, false_per_day, most_false):
    allowed = np.flatnonzero(false_per_day <= most_false)[::-1]
    return thresholds[allowed[np.argmax(sensitivity[allowed])]]


# 03.5: the half width


def width_by_sorting(residuals, coverage):
    k = int(np.ceil((len(residuals) + 1) * coverage - 1e-9))
    return np.sort(np.abs(residuals))[k - 1]


def width_by_partition(residuals, coverage):
    k = math.ceil(round((len(residuals) + 1) * coverage, 6))
    return float(np.partition(np.abs(residuals), k - 1)[k - 1])


RIGHT = {
    "03.1": [recurrent(480, 1920, 1500), recurrent(np.int64(20 * 24), 4 * 480, 3 * (60 + 400 + 40))],
    "03.2": [KNOWS_TOO_MUCH, {feature: np.bool_(leaks) for feature, leaks in KNOWS_TOO_MUCH.items()}],
    "03.3": [slope_by_difference, slope_over_three_steps, slope_of_a_line],
    "03.4": [alarm_by_key, alarm_by_sorting],
    "03.5": [width_by_sorting, width_by_partition],
}

STUBS = {
    "03.1": [None, recurrent(None, None, None), recurrent(480, None, 1500)],
    "03.2": [None, dict.fromkeys(KNOWS_TOO_MUCH)],
    "03.3": [None, lambda values: None, lambda values: ...],
    "03.4": [None, lambda thresholds, sensitivity, false_per_day, most_false: None],
    "03.5": [None, lambda residuals, coverage: None],
}

WRONG = {
    "03.1": [
        (recurrent(460, 1920, 1500), "the 20 biases"),
        (recurrent(80, 1920, 1500), "all 20 states"),
        (recurrent(480, 480, 1500), "four blocks"),
        (recurrent(480, 1840, 1500), "the biases"),
        (recurrent(480, 1920, 1440), "two rows of biases"),
        (recurrent(480, 1920, 1920), "three blocks"),
        (recurrent(500, 1920, 1500), "SimpleRNN is not 500"),
        ({"RNN": 480, "LSTM": 1920, "GRU": 1500}, "exactly the keys"),
    ],
    "03.2": [
        (dict.fromkeys(KNOWS_TOO_MUCH, True), "measured by then"),
        (dict.fromkeys(KNOWS_TOO_MUCH, False), "second half"),
        (KNOWS_TOO_MUCH | {"the person's mean over the whole recording": False}, "test days"),
        (KNOWS_TOO_MUCH | {"smooth curve through the whole record, at this moment": False}, "only the past"),
        (KNOWS_TOO_MUCH | {"hours since the last announced meal": True}, "announced by now"),
        (KNOWS_TOO_MUCH | {"hours until the next meal": "no"}, "True or False"),
        (dict(list(KNOWS_TOO_MUCH.items())[1:]), "exactly the keys"),
    ],
    "03.3": [
        (np.gradient, "looks ahead"),
        (slope_forward, "looks ahead"),
        (slope_less_the_mean, "looks ahead"),
        (np.diff, "shape (29,)"),
        (lambda values: np.diff(values, prepend=np.nan), "not numbers"),
        (lambda values: -slope_by_difference(values), "yours ends with -2.5"),
        (lambda values: slope_by_difference(values) / 5, "yours ends with 0.5"),
        (lambda values: np.zeros(len(values)), "yours ends with 0"),
    ],
    "03.4": [
        (alarm_highest_allowed, "need not find the most"),
        (alarm_below_the_limit_only, "exactly the limit is allowed"),
        (alarm_first_of_equals, "fewer false alarms"),
        (lambda thresholds, sensitivity, false_per_day, most_false: 80, "yours gives more"),
        (lambda thresholds, sensitivity, false_per_day, most_false: 71, "none of the thresholds"),
        (lambda thresholds, sensitivity, false_per_day, most_false: thresholds[0], "better threshold than 60"),
    ],
    "03.5": [
        (lambda residuals, coverage: np.quantile(np.abs(residuals), coverage), "round (n + 1)"),
        (lambda residuals, coverage: np.sort(np.abs(residuals))[int(np.ceil(len(residuals) * coverage)) - 1], "round"),
        (lambda residuals, coverage: np.sort(residuals)[int(np.ceil((len(residuals) + 1) * coverage)) - 1], "signs"),
        (lambda residuals, coverage: np.abs(residuals).max(), "round"),
        (lambda residuals, coverage: 1.64 * residuals.std(), "round"),
    ],
}
