"""The candidates of bench/real/glucose.py: each takes training and validation windows and gives a forecast.

Every choice (penalty, width, share, epoch) is the one with the least error on the validation windows that it is given.
All foretell the change from the last value, in mg/dL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import StandardScaler

from helpers.datasets.windows import Scaler, Windows
from helpers.lessons import forecasting
from helpers.models import build_forecaster
from helpers.models.training import fit_forecaster, set_seed

Forecast = Callable[[Windows], np.ndarray]
Fit = Callable[[Windows, Windows], Forecast]

SHORT = 10  # steps: the 50 minutes of notebook 03
NOISE = 1.0  # variance of what no window foretells, in units of the variance of the change
LINE, CURVE = 0.01, 0.3  # prior variances of the weights of the line and of the smooth part, same units


def recent(windows: Windows, steps: int) -> Windows:
    """The same windows with the last `steps` rows of their inputs."""
    return replace(windows, inputs=windows.inputs[:, -steps:], filled=windows.filled[:, -steps:])


def features(windows: Windows, steps: int = SHORT) -> np.ndarray:
    """(n, steps + 2): each earlier value minus the last, the last value, and sine and cosine of the time of day."""
    glucose = windows.inputs[:, -steps:, 0].astype(float)
    return np.column_stack([glucose[:, :-1] - glucose[:, -1:], glucose[:, -1], windows.inputs[:, -1, 1:]])


def change(windows: Windows) -> np.ndarray:
    """What the next half hour adds to the last value: (n,), mg/dL."""
    return (windows.targets - windows.last).astype(float)


def best(fitted: Sequence[Forecast], validation: Windows) -> Forecast:
    """The forecast with the least squared error on validation."""
    return min(fitted, key=lambda forecast: forecasting.rmse(validation.targets, forecast(validation)))


def persistence(train: Windows, validation: Windows) -> Forecast:
    """Nothing changes."""
    return forecasting.persistence


def ridge(steps: int) -> Fit:
    """Notebook 03's linear model on so many steps."""

    def fit(train: Windows, validation: Windows) -> Forecast:
        model = forecasting.fit_ridge(recent(train, steps), recent(validation, steps))
        return lambda windows: model.predict(recent(windows, steps))

    return fit


def ridge_with_simulated(simulated: Windows, shares: Sequence[float] = (0.1, 0.3, 1.0)) -> Fit:
    """One line through real and simulated windows; shares: the weight of all simulated ones, real ones having 1."""

    def fit(train: Windows, validation: Windows) -> Forecast:
        rows, answers = (np.concatenate([of(train), of(simulated)]) for of in (features, change))
        scaler = StandardScaler().fit(features(train))

        def line(share: float) -> Forecast:
            weights = np.repeat([1.0, share * len(train) / len(simulated)], [len(train), len(simulated)])
            model = Ridge(alpha=100.0).fit(scaler.transform(rows), answers, sample_weight=weights)
            return lambda windows: windows.last + model.predict(scaler.transform(features(windows)))

        return best([line(share) for share in shares], validation)

    return fit


def boosted_trees(train: Windows, validation: Windows) -> Forecast:
    """Gradient boosting, of three sizes."""

    def trees(leaves: int) -> Forecast:
        model = HistGradientBoostingRegressor(
            learning_rate=0.03, max_iter=200, max_leaf_nodes=leaves, min_samples_leaf=60, random_state=1
        ).fit(features(train), change(train))
        return lambda windows: windows.last + model.predict(features(windows))

    return best([trees(leaves) for leaves in (4, 8, 15)], validation)


def gaussian_process(*, curve: float, personal: Sequence[float], widths: Sequence[float] = (0.003, 0.01, 0.03)) -> Fit:
    """The mean of a Gaussian process over windows: a line, a smooth curve, and each person's departure from the line.

    Its covariance of windows a and b of people p and q, scaled features x (a one for the level among them), is
    LINE a·b + curve exp(-width |a - b|²) + [p = q] personal a·b. With curve 0 and personal above 0 it is a linear model
    whose weights vary from person to person, shrunk to the common ones (a mixed model). Somebody new has no departure.
    Source: Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, equation 2.25.
    """

    def fit(train: Windows, validation: Windows) -> Forecast:
        scaler = StandardScaler().fit(features(train))
        spread = change(train).std()

        def scaled(windows: Windows) -> np.ndarray:
            return np.column_stack([scaler.transform(features(windows)), np.ones(len(windows))])

        x = scaled(train)

        def process(width: float, own: float) -> Forecast:
            def covariance(windows: Windows, z: np.ndarray) -> np.ndarray:
                line = z @ x.T
                same = windows.people[:, np.newaxis] == train.people
                return line * (LINE + own * same) + (curve * rbf_kernel(z, x, gamma=width) if curve else 0.0)

            matrix = covariance(train, x)
            matrix[np.diag_indices_from(matrix)] += NOISE
            weights = cho_solve(cho_factor(matrix, overwrite_a=True), change(train) / spread)
            return lambda windows: windows.last + spread * (covariance(windows, scaled(windows)) @ weights)

        choices = [(width, own) for width in (widths if curve else widths[:1]) for own in personal]
        return best([process(*choice) for choice in choices], validation)

    return fit


def recurrent(seeds: int, simulated: Windows | None = None, epochs: int = 40) -> Fit:
    """Notebook 03's GRU, the mean of so many starts; simulated: windows that it learns first, for a quarter as long."""

    def fit(train: Windows, validation: Windows) -> Forecast:
        scaler, spread = Scaler.fit(recent(train, SHORT)), change(train).std()

        def pairs(windows: Windows) -> tuple[np.ndarray, np.ndarray]:
            return scaler.scale(recent(windows, SHORT).inputs), (change(windows) / spread).astype(np.float32)

        options = {"batch_size": 256, "cosine": True, "keep_best": "val_loss"}
        models = []
        for seed in range(1, seeds + 1):
            set_seed(seed)
            model = build_forecaster((SHORT, len(train.features)))
            if simulated is not None:
                fit_forecaster(model, pairs(simulated), pairs(validation), epochs=epochs // 4, **options)
            fit_forecaster(model, pairs(train), pairs(validation), epochs=epochs, **options)
            models.append(model)

        def forecast(windows: Windows) -> np.ndarray:
            answers = [model.predict(pairs(windows)[0], batch_size=1024, verbose=0)[:, 0] for model in models]
            return windows.last + spread * np.mean(answers, axis=0)

        return forecast

    return fit


def candidates(simulated: Windows, seeds: int) -> dict[str, Fit]:
    """What is compared, by name, floors first. simulated: windows of simulated people with the same features."""
    return {
        "persistence": persistence,
        "ridge, 50 minutes": ridge(SHORT),
        "ridge, 2 hours": ridge(24),
        "ridge, with simulated people": ridge_with_simulated(simulated),
        "boosted trees": boosted_trees,
        "a line per person, shrunk": gaussian_process(curve=0.0, personal=(0.0003, 0.001, 0.003)),
        "Gaussian process": gaussian_process(curve=CURVE, personal=(0.0,)),
        "Gaussian process, people differ": gaussian_process(curve=CURVE, personal=(0.0, 0.001)),
        "GRU": recurrent(seeds),
        "GRU, first on simulated people": recurrent(seeds, simulated),
    }
