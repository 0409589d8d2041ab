"""Answers to the exercises of notebook 06: right ones, blanks, and mistakes with a part of the hint that meets each."""

import numpy as np
import pandas as pd

STORIES = {"A": "completely at random", "B": "at random", "C": "not at random", "D": "not at random"}


# 06.2: Rubin's rules


def pooled_with_numpy(estimates, errors):
    total = np.mean(errors**2) + (1 + 1 / len(estimates)) * np.var(estimates, ddof=1)
    return np.mean(estimates), np.sqrt(total)


def pooled_by_loops(estimates, errors):
    m = len(estimates)
    mean = sum(estimates) / m
    between = sum((one - mean) ** 2 for one in estimates) / (m - 1)
    return [mean, (sum(error * error for error in errors) / m + between + between / m) ** 0.5]


def pooled_by(variance):
    """The mean of the estimates with the root of variance(estimates, errors)."""
    return lambda estimates, errors: (np.mean(estimates), np.sqrt(variance(estimates, errors)))


def more(estimates):
    return (1 + 1 / len(estimates)) * np.var(estimates, ddof=1)


# 06.3: means of training alone


def fill_by_where(train, new):
    return np.where(np.isnan(new), np.nanmean(train, axis=0), new)


def fill_by_columns(train, new):
    filled = new.copy()
    for column in range(new.shape[1]):
        seen = train[~np.isnan(train[:, column]), column]
        filled[np.isnan(new[:, column]), column] = seen.sum() / len(seen)
    return filled.tolist()


def fill_with(means):
    """The gaps of new rows filled with means(train, new)."""
    return lambda train, new: np.where(np.isnan(new), means(train, new), new)


def fill_in_place(train, new):
    new[:] = fill_by_where(train, new)
    return new


def fill_and_spoil_training(train, new):
    filled = fill_by_where(train, new)
    train[np.isnan(train)] = 0
    return filled


# 06.4: the last value and its age


def carry_by_loop(readings):
    values, ages = [], []
    for reading in readings:
        gone = np.isnan(reading)
        values.append(values[-1] if gone else reading)
        ages.append(ages[-1] + 1 if gone else 0)
    return np.array(values), np.array(ages)


def carry_by_index(readings):
    steps = np.arange(len(readings))
    at = np.maximum.accumulate(np.where(np.isnan(readings), 0, steps))
    return readings[at], (steps - at).astype(float)


def carry_by_line(readings):
    seen = np.flatnonzero(~np.isnan(readings))
    return np.interp(np.arange(len(readings)), seen, readings[seen]), carry_by_index(readings)[1]


def carry_with_ages_from_one(readings):
    values, ages = carry_by_index(readings)
    return values, ages + 1


def carry_with_zeros(readings):
    return np.nan_to_num(readings), carry_by_index(readings)[1]


def carry_with_gaps(readings):
    return readings, carry_by_index(readings)[1]


RIGHT = {
    "06.1": [
        STORIES,
        dict(reversed(STORIES.items())),
        {"A": "MCAR", "B": "Missing at random", "C": "MNAR", "D": " Not at random "},
    ],
    "06.2": [pooled_with_numpy, pooled_by_loops],
    "06.3": [fill_by_where, fill_by_columns],
    "06.4": [carry_by_loop, carry_by_index],
}

STUBS = {
    "06.1": [None, dict.fromkeys(STORIES), STORIES | {"D": None}],
    "06.2": [None, ..., lambda estimates, errors: ...],
    "06.3": [None, ..., lambda train, new: ...],
    "06.4": [None, ..., lambda readings: ...],
}

WRONG = {
    "06.1": [
        (STORIES | {"D": "at random"}, "below what the machine can measure"),
        (STORIES | {"C": "at random"}, "who is it that refuses"),
        (STORIES | {"B": "not at random"}, "stands in the table"),
        (STORIES | {"A": "at random"}, "did the freezer know"),
        (STORIES | {"A": "by chance"}, "choose one of"),
        (STORIES | {"A": 1}, "choose one of"),
    ],
    "06.2": [
        (pooled_by(lambda q, s: np.mean(s**2)), "within the imputations alone"),
        (pooled_by(lambda q, s: np.mean(s**2) + np.var(q, ddof=1)), "1 + 1/m"),
        (pooled_by(lambda q, s: np.mean(s**2) + (1 + 1 / len(q)) * np.var(q)), "by m - 1"),
        (pooled_by(lambda q, s: np.mean(s) ** 2 + more(q)), "standard errors do not"),
        (pooled_by(lambda q, s: (np.mean(s**2) + more(q)) ** 2), "its root is the standard error"),
        (pooled_by(lambda q, s: np.mean(s) ** 2), "add how the estimates scatter"),
        (pooled_by(lambda q, s: (np.mean(s) + np.sqrt(more(q))) ** 2), "square both parts"),
        (lambda q, s: (np.median(q) + 1, 1.0), "the mean of the estimates"),
        (lambda q, s: np.mean(q), "two numbers"),
    ],
    "06.3": [
        (fill_with(lambda train, new: np.nanmean(new, axis=0)), "means of the new rows"),
        (fill_with(lambda train, new: np.nanmean(np.concatenate([train, new]), axis=0)), "that is the leak"),
        (fill_with(lambda train, new: np.zeros(2)), "zero is a value"),
        (fill_with(lambda train, new: np.mean(train, axis=0)), "still a gap"),
        (fill_with(lambda train, new: np.nanmedian(train, axis=0)), "these are medians"),
        (fill_with(lambda train, new: np.full(2, np.nanmean(train))), "a mean of its own"),
        (fill_in_place, "work on a copy"),
        (fill_and_spoil_training, "work on a copy"),
        (lambda train, new: np.nanmean(train, axis=0), "return the new rows"),
    ],
    "06.4": [
        (carry_by_line, "read the future"),
        (lambda readings: (pd.Series(readings).bfill().ffill(), carry_by_index(readings)[1]), "read the future"),
        (lambda readings: carry_by_loop(readings)[::-1], "values first"),
        (carry_with_ages_from_one, "0 where something was measured"),
        (lambda readings: (carry_by_loop(readings)[0], np.isnan(readings) * 1), "one more with every step"),
        (carry_with_zeros, "the last readings are"),
        (carry_with_gaps, "still a gap"),
        (lambda readings: carry_by_loop(readings)[0], "two arrays"),
    ],
}
