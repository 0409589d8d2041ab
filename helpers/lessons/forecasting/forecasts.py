"""Forecasts of a series: floors without a network, errors with a stated average, intervals around a forecast.

A forecast is an array of shape (n,), one number for each window, in the unit of the series (mg/dL for glucose).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import t as student_t
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from threadpoolctl import threadpool_limits

from helpers.datasets.series import Record, SeriesDataset
from helpers.datasets.windows import Scaler, Windows, fill_short_gaps
from helpers.evaluation import Interval, bootstrap_statistic, rmse
from helpers.evaluation.inputs import check_forecast, check_level

PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)  # of the ridge regression, among which validation chooses
SLOPE_READINGS = 4  # the line of `linear_extrapolation` goes through so many: 15 minutes at 5-minute steps


def take(windows: Windows, keep: np.ndarray) -> Windows:
    """The windows that a boolean array of shape (n,) or an array of indices keeps.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 4.2.
    """
    rows = {name: getattr(windows, name)[keep] for name in ("inputs", "targets", "people", "time", "last", "filled")}
    return replace(windows, **rows)


def limit_windows(windows: Windows, most: int, *, seed: int = 1) -> Windows:
    """At most so many of the windows, drawn at random with the seed, in their order.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 5.1.
    """
    if len(windows) <= most:
        return windows
    return take(windows, np.sort(np.random.default_rng(seed).choice(len(windows), most, replace=False)))


def with_feature(data: SeriesDataset, name: str, values_of: Callable[[np.ndarray], np.ndarray]) -> SeriesDataset:
    """The same data with one more feature, computed from each person's whole record of the first feature.

    values_of: takes the first feature of one record (n,), with gaps of at most 15 minutes bridged by straight lines and
    NaN in longer ones, and gives (n,); where it gives NaN the feature is 0. What it looks at is its own affair: a
    function that looks ahead is a leak.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 4.2.
    """
    people = {}
    for person, record in data.people.items():
        added = values_of(fill_short_gaps(record.values[:, 0], data.step_minutes))
        column = np.nan_to_num(np.asarray(added, dtype=np.float32))[:, np.newaxis]
        people[person] = Record(record.time, np.concatenate([record.values, column], axis=1))
    return replace(data, people=people, features=(*data.features, name))


def with_only(data: SeriesDataset, features: Sequence[str]) -> SeriesDataset:
    """The same data with only these of its features, in their order.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 5.3.
    """
    columns = [k for k, name in enumerate(data.features) if name in features]
    people = {person: Record(record.time, record.values[:, columns]) for person, record in data.people.items()}
    return replace(data, people=people, features=tuple(data.features[k] for k in columns))


def reaching_back(part: SeriesDataset, before: SeriesDataset, steps: int) -> SeriesDataset:
    """The records of `part`, each with the last rows that the same person has in `before`, at most so many.

    With history_steps + horizon_steps - 1 of them every target of `make_windows` lies in `part` and only inputs reach
    back. Nothing is fitted on such windows: a test day's first hours have a past, which the device knows.
    Somebody who is not in `before`, as after `split_by_person`, keeps the record as it is.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 4.1.
    """
    people = {}
    for person, record in part.people.items():
        past = before.people.get(person)
        last = None if past is None else past.rows(slice(max(0, len(past) - steps), None))
        people[person] = (
            record
            if last is None
            else Record(np.concatenate([last.time, record.time]), np.concatenate([last.values, record.values]))
        )
    return replace(part, people=people)


def persistence(windows: Windows) -> np.ndarray:
    """Nothing changes: the forecast is the last value.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 5.1.
    """
    return windows.last.astype(float)


def linear_extrapolation(windows: Windows) -> np.ndarray:
    """What goes up goes on going up: the last value plus the slope of the last readings times the horizon.

    The slope is that of the least-squares line through the last 4 values, or through all if there are fewer; with one
    value it is 0.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 5.1.
    """
    values = windows.inputs[:, -SLOPE_READINGS:, 0].astype(float)
    moments = np.arange(values.shape[1]) - (values.shape[1] - 1) / 2
    slope = values @ moments / max((moments**2).sum(), 1)
    return windows.last + slope * windows.horizon_steps


@dataclass(frozen=True)
class LinearForecaster:
    """A linear model of the whole window: every feature of every step has a weight of its own.

    It foretells the change from the last value. penalty: the one that validation chose.
    """

    scaler: Scaler
    model: Ridge
    penalty: float

    def predict(self, windows: Windows) -> np.ndarray:
        """Forecasts in the unit of the series: (n,), or (n, horizon_steps) if it was fitted on the whole way."""
        change = self.model.predict(_flat(self.scaler, windows))
        return change + (windows.last if change.ndim == 1 else windows.last[:, np.newaxis])


def fit_ridge(
    train: Windows, validation: Windows, penalties: Sequence[float] = PENALTIES, *, scaler: Scaler | None = None
) -> LinearForecaster:
    """Ridge regression on the flattened, scaled window; the penalty is the one with the least error on validation.

    Fitted on the change from the last value, without a penalty on its mean. scaler: by default that of `train`.
    Source: Hoerl and Kennard, Technometrics 12:55, 1970.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 4.2.
    """
    scaler = Scaler.fit(train) if scaler is None else scaler
    x, x_validation = _flat(scaler, train), _flat(scaler, validation)
    y, y_validation = _change(train), _change(validation)
    with threadpool_limits(1):  # on small matrices more threads wait for each other most of the time
        fitted = [(penalty, Ridge(alpha=penalty).fit(x, y)) for penalty in penalties]
        errors = [((model.predict(x_validation) - y_validation) ** 2).mean() for _, model in fitted]
    penalty, model = fitted[int(np.argmin(errors))]
    return LinearForecaster(scaler, model, penalty)


def _flat(scaler: Scaler, windows: Windows) -> np.ndarray:
    return scaler.scale(windows.inputs).reshape(len(windows), -1).astype(np.float64)


def _change(windows: Windows) -> np.ndarray:
    return windows.targets - (windows.last if windows.targets.ndim == 1 else windows.last[:, np.newaxis])


def mae(targets: np.ndarray, forecast: np.ndarray) -> float:
    """Mean absolute error over all windows, in the unit of the series.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 5.1.
    """
    targets, forecast = check_forecast(targets, forecast)
    return float(np.mean(np.abs(forecast - targets)))


def error_table(
    forecasts: Mapping[str, np.ndarray], windows: Windows, *, draws: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """RMSE and MAE over all windows together, each with a 95 % interval from resampling people; one row per model.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 6.2.
    """
    rows = {}
    for model, given in forecasts.items():
        _, forecast = check_forecast(windows.targets, given)
        rows[model] = {
            name: _person_interval(
                lambda index, f=forecast, e=error: e(windows.targets[index], f[index]), windows, draws, seed
            )
            for name, error in {"RMSE": rmse, "MAE": mae}.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def person_errors(forecasts: Mapping[str, np.ndarray], windows: Windows) -> pd.DataFrame:
    """RMSE of each person, a row per person and a column per model; forecasts: model -> (n,).

    Taught in notebooks/03_rnn_forecasting.ipynb, section 6.3.
    """
    checked = {model: check_forecast(windows.targets, given) for model, given in forecasts.items()}
    squares = pd.DataFrame({model: (y - true) ** 2 for model, (true, y) in checked.items()}, dtype=float)
    return np.sqrt(squares.groupby(windows.people).mean())


def paired_ratios(
    forecasts: Mapping[str, np.ndarray], pairs: Sequence[tuple[str, str]], windows: Windows, *, level: float = 0.95
) -> pd.DataFrame:
    """A person's RMSE with one forecast over that with another, on average over people, for several pairs of forecasts.

    forecasts: model -> (n,). pairs: (one, other), names of models. Returns a row for each pair with `ratio`, an
    Interval below 1 where `one` has the lower error, and `verdict`: "lower", "higher", or "no clear difference" where
    the interval holds 1.

    The average is the geometric mean, so that a person with twice and one with half the error balance. The intervals
    are those of the paired t-test (Student, Biometrika 6:1, 1908) on the logarithms, people - 1 degrees of freedom,
    widened by Bonferroni's rule to 1 - (1 - level) / pairs each, so that all together keep the level. With one person
    they are NaN to NaN.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 6.2.
    """
    check_level(level)
    errors, rows = person_errors(forecasts, windows), {}
    n = len(errors)
    t = student_t.ppf(1 - (1 - level) / len(pairs) / 2, n - 1) if n > 1 else np.nan
    for one, other in pairs:
        logs = np.log(errors[one] / errors[other])
        half = t * logs.std() / np.sqrt(n)
        interval = Interval(*(float(np.exp(logs.mean() + side * half)) for side in (0, -1, 1)), digits=2)
        interval = interval if n > 1 else replace(interval, estimate=float(np.exp(logs.mean())))
        verdict = "lower" if interval.high < 1 else "higher" if interval.low > 1 else "no clear difference"
        rows[f"{one} over {other}"] = {"ratio": interval, "verdict": verdict}
    return pd.DataFrame.from_dict(rows, orient="index")


def _person_interval(metric: Callable[[np.ndarray], float], windows: Windows, draws: int, seed: int) -> Interval:
    return replace(bootstrap_statistic(metric, windows.people, draws=draws, seed=seed), digits=1)


def aggregations(targets: np.ndarray, forecast: np.ndarray, people: np.ndarray) -> pd.Series:
    """One set of errors averaged in four ways, all in the unit of the series.

    targets and forecast: (n,), or (n, steps) for a whole way, whose squares are first averaged over the way.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 5.2.
    """
    targets, forecast = check_forecast(targets, forecast)
    squares = (forecast - targets) ** 2
    per_window = squares if squares.ndim == 1 else squares.mean(axis=1)
    per_person = pd.Series(per_window).groupby(people).mean()
    return pd.Series(
        {
            "root of the mean over windows (RMSE)": np.sqrt(per_window.mean()),
            "mean of the people's RMSE": np.sqrt(per_person).mean(),
            "RMSE of the worst person": np.sqrt(per_person.max()),
            "root of the median over windows": np.sqrt(np.median(per_window)),
        },
        name="error",
    ).astype(float)


def path_errors(targets: np.ndarray, forecast: np.ndarray) -> dict[str, float]:
    """Errors of forecasts of a whole way, both arrays (n, steps), in the unit of the series.

    path_rmse: root of the median, over windows, of the mean squared error of a window. path_mae: the median of the
    windows' mean absolute errors. path_mean_rmse: root of the mean instead. The first two are GlucoBench's averages
    (Sergazinov et al., ICLR 2024).

    Taught in notebooks/03_rnn_forecasting.ipynb, section 8.
    """
    targets, forecast = check_forecast(targets, forecast)
    squares, sizes = ((forecast - targets) ** 2).mean(axis=1), np.abs(forecast - targets).mean(axis=1)
    return {
        "path_rmse": float(np.sqrt(np.median(squares))),
        "path_mae": float(np.median(sizes)),
        "path_mean_rmse": float(np.sqrt(squares.mean())),
    }


def nearest_neighbours(train: Windows, windows: Windows, neighbours: int = 5) -> np.ndarray:
    """What came after the most similar training windows: the mean of their changes, added to the last value.

    Similar: least Euclidean distance between the scaled windows, all features of all steps. A model that learns
    everything by heart, so that a leak shows in it.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 4.2.
    """
    scaler = Scaler.fit(train)
    with threadpool_limits(1):
        model = KNeighborsRegressor(neighbours).fit(_flat(scaler, train), _change(train))
        return windows.last + model.predict(_flat(scaler, windows))


def same_moments(windows: Windows, others: Windows) -> np.ndarray:
    """Which of the windows end at a moment of the same person at which one of the others ends: bool, (n,).

    Taught in notebooks/03_rnn_forecasting.ipynb, section 4.2.
    """
    same = np.zeros(len(windows), dtype=bool)
    for person in np.unique(others.people):
        mine = windows.people == person
        same[mine] = np.isin(windows.time[mine], others.time[others.people == person])
    return same
