"""Two models for one disease, of images or of a table: a logistic regression and a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from helpers.datasets.contract import Split
from helpers.datasets.tables import TableSplit
from helpers.evaluation.inputs import check_labels
from helpers.models.floors import fit_logistic

Rows = Split | TableSplit
RiskModel = Callable[[np.ndarray], np.ndarray]


def fit_linear(train: Rows, validation: Rows) -> RiskModel:
    """Risks by the logistic regression of `fit_logistic`.

    train, validation: rows with labels 0 and 1. Returns a function from inputs (n, ...) to risks (n,).

    Taught in notebooks/04_evaluation.ipynb, section 1.
    """
    _require_two(train)
    best = fit_logistic(train, validation)
    return lambda inputs: best.predict_proba(inputs)[:, 1].astype(np.float64)


def fit_network(train: Rows, *, epochs: int, seed: int) -> RiskModel:
    """A network: for images the course's small CNN, for a table one hidden layer of 16 neurons.

    train: rows with labels 0 and 1. epochs: passes over them (ten times as many for a table). Returns a function from
    inputs (n, ...) to risks (n,), float64. The same seed gives the same model.

    Taught in notebooks/04_evaluation.ipynb, section 1.
    """
    return fit_networks(train, epochs=epochs, seeds=[seed])[0]


def fit_networks(train: Rows, *, epochs: int, seeds: Sequence[int]) -> list[RiskModel]:
    """For each seed the network of `fit_network`, the same to the last bit; of images in less time than one by one.

    The training step is traced once for images of one shape; weights and optimiser are set back before each fit.

    Taught in notebooks/04_evaluation.ipynb, section 7.3.
    """
    _require_two(train)
    if isinstance(train, TableSplit):
        return [_fit_table(train, epochs, seed) for seed in seeds]
    from helpers.models.training import fit, set_seed

    network, fitted = _compiled(train.images.shape[1:]), []
    for seed in seeds:
        set_seed(seed)
        network.start_anew()
        fit(network.network, train, train.rows(np.arange(1)), epochs=epochs)  # nothing is chosen by the one row
        fitted.append(_ImageRisks(network.network, network.network.get_weights()))
    return fitted


def _require_two(train: Rows):
    """Raise ValueError unless the rows have the labels 0 and 1, both."""
    if (found := np.unique(check_labels(train.labels)).tolist()) != [0, 1]:
        raise ValueError(f"labels: expected 0 and 1, both (one_against_rest makes them), found {found}")


@lru_cache(maxsize=1)
def _compiled(shape: tuple[int, int, int]):
    """The course's small CNN, compiled once; Keras traces the training of each model that is built anew."""
    from helpers.models import build_cnn
    from helpers.models.training import Restartable

    return Restartable(partial(build_cnn, shape, outputs=2))


@dataclass(frozen=True, eq=False)
class _ImageRisks:
    """The risks of a network with these weights; several may share the one that is asked."""

    network: object
    weights: list[np.ndarray]

    def __call__(self, images: np.ndarray) -> np.ndarray:
        self.network.set_weights(self.weights)
        return _normalised(self.network.predict(images, verbose=0))


def _fit_table(train: TableSplit, epochs: int, seed: int) -> RiskModel:
    network = make_pipeline(
        StandardScaler(),
        MLPClassifier((16,), max_iter=10 * epochs, random_state=seed, tol=0, batch_size=32),
    )
    with threadpool_limits(1):
        _fit_quietly(network, train)
    return lambda inputs: network.predict_proba(inputs)[:, 1].astype(np.float64)


def oversampled(train: Rows, *, seed: int) -> Rows:
    """The rows, followed by rows of the rarer classes drawn again until all classes are equally many.

    Raises ValueError where there is only one class. Taught in notebooks/04_evaluation.ipynb, section 5.3.
    """
    labels = check_labels(train.labels)
    of_class = [np.flatnonzero(labels == k) for k in np.unique(labels)]
    if len(of_class) < 2:
        raise ValueError("oversampled: needs rows with and without the disease")
    most, rng = max(map(len, of_class)), np.random.default_rng(seed)
    more = [rng.choice(one, most - len(one)) for one in of_class]
    return train.rows(np.concatenate([np.arange(len(train)), *more]))


def _normalised(probabilities: np.ndarray) -> np.ndarray:
    pair = probabilities.astype(np.float64)
    return pair[:, 1] / pair.sum(axis=1)


def _fit_quietly(network, rows: Rows) -> None:
    """Fit for as many passes as asked: that it has not converged by then is what was asked for, and no warning."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(rows.inputs, rows.labels)
