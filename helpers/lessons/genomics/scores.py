"""Polygenic scores by clumping and thresholding, by ridge regression and by a small network; what they explain."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from scipy.stats import norm

from helpers.evaluation import Interval
from helpers.lessons.genomics.association import associate, clump, linked, mean_and_sd, standardised
from helpers.models.training import Restartable, set_seed

LIMITS = (5e-8, 1e-5, 1e-3, 0.01, 0.05, 1.0)  # of p, from which clumping and thresholding chooses
PENALTIES = (100.0, 300.0, 1e3, 3e3, 1e4, 3e4)  # from which ridge chooses
REACH = 8  # places: the length of a block
UNITS, BATCH, CHUNK = 32, 250, 2_500

Score = Callable[[np.ndarray], np.ndarray]  # from genotypes (people, places) to a number for each person


def explained(scores: np.ndarray, liability: np.ndarray) -> Interval:
    """The squared correlation of a score with the liability of the same people, with its 95 % interval.

    By Fisher's transformation of the correlation (Metron 1:3, 1921), its ends squared; 0 where the interval of the
    correlation holds 0, and 0 to 0 for a score that is the same for all. Taught in notebooks/10_genomics.ipynb,
    section 2.3.
    """
    if not np.std(scores) > 0:
        return Interval(0.0, 0.0, 0.0)
    r = float(np.corrcoef(scores, liability)[0, 1])
    low, high = np.tanh(np.arctanh(r) + np.array([-1, 1]) * norm.ppf(0.975) / np.sqrt(len(scores) - 3))
    ends = sorted((low**2, high**2))
    return Interval(r**2, 0.0 if low < 0 < high else float(ends[0]), float(ends[1]))


def on_liability(r2: float, prevalence: float) -> float:
    """From the variance of illness (0, 1) that a score explains to that of the liability, among people as they come.

    r2 · K (1 - K) / φ(t)², with φ(t) the normal density at the threshold (Lee et al., Genet Epidemiol 36:214, 2012,
    equation 15 without ascertainment). Taught in notebooks/10_genomics.ipynb, section 2.5.
    """
    return r2 * prevalence * (1 - prevalence) / norm.pdf(norm.ppf(prevalence)) ** 2


def by_weights(mean: np.ndarray, sd: np.ndarray, weights: np.ndarray) -> Score:
    """The score that adds up standardised copies times weights, each (places,), standardised by this mean and SD."""
    per_copy = (weights / np.where(sd > 0, sd, np.inf)).astype(np.float32)
    of_mean = float(mean.astype(np.float32) @ per_copy)
    return lambda others: (others.astype(np.float32) @ per_copy).astype(np.float64) - of_mean


def _best(genotypes: np.ndarray, weights: list[np.ndarray], validation: np.ndarray, known: np.ndarray) -> Score:
    """Of several weights the score that goes best with what is known of the validation people."""
    mean, sd = mean_and_sd(genotypes)
    said = standardised(validation, mean, sd) @ np.stack(weights, axis=1).astype(np.float32)
    squared = [np.corrcoef(one, known)[0, 1] if np.std(one) > 0 else 0.0 for one in said.T]
    return by_weights(mean, sd, weights[int(np.argmax(squared))])


def clumped(genotypes: np.ndarray, outcome: np.ndarray, validation: np.ndarray, known: np.ndarray) -> Score:
    """Clumping and thresholding: the slopes of the places that are left, the limit of p by the validation people.

    genotypes, validation: (people, places); outcome, known: what is known of them, 0 and 1 or a measure.
    Taught in notebooks/10_genomics.ipynb, section 2.3.
    """
    table, links = associate(genotypes, outcome), linked(genotypes, REACH)
    p, slope = table["p"].to_numpy(), table["slope"].to_numpy()
    return _best(genotypes, [np.where(clump(p, links, limit=limit), slope, 0) for limit in LIMITS], validation, known)


def ridge(genotypes: np.ndarray, outcome: np.ndarray, validation: np.ndarray, known: np.ndarray) -> Score:
    """Ridge regression on all places at once, the penalty by the validation people.

    Taught in notebooks/10_genomics.ipynb, section 2.3.
    """
    places = standardised(genotypes)
    products = (places.T @ places).astype(np.float64)
    towards = (places.T @ (outcome - outcome.mean()).astype(np.float32)).astype(np.float64)
    lengths, directions = np.linalg.eigh(products)
    turned = directions.T @ towards
    weights = [directions @ (turned / (np.maximum(lengths, 0) + penalty)) for penalty in PENALTIES]
    return _best(genotypes, weights, validation, known)


class Network:
    """One hidden layer of 32 units, made once and begun anew for each fit; the epoch by the validation people.

    Taught in notebooks/10_genomics.ipynb, section 2.3.
    """

    def __init__(self, places: int, *, seed: int):
        def build() -> keras.Model:
            network = keras.Sequential(
                [
                    keras.Input((places,)),
                    keras.layers.Dense(UNITS, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
                    keras.layers.Dropout(0.3),
                    keras.layers.Dense(1),
                ]
            )
            network.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", jit_compile=False)
            return network

        set_seed(seed)
        self.seed, self.machine = seed, Restartable(build)

    def fit(
        self, genotypes: np.ndarray, outcome: np.ndarray, validation: np.ndarray, known: np.ndarray, epochs: int
    ) -> Score:
        """The score of the epoch whose correlation with what is known of the validation people is the highest."""
        mean, sd = mean_and_sd(genotypes)
        set_seed(self.seed)
        self.machine.start_anew()
        network = self.machine.network
        target = ((outcome - outcome.mean()) / outcome.std()).astype(np.float32)
        rng, best, at_best = np.random.default_rng(self.seed), -np.inf, network.get_weights()

        def say(others: np.ndarray) -> np.ndarray:
            parts = np.array_split(others, max(1, len(others) // CHUNK))
            said = [np.asarray(network(standardised(part, mean, sd), training=False))[:, 0] for part in parts]
            return np.concatenate(said).astype(np.float64)

        for _ in range(epochs):  # standardised a batch at a time: all at once would take much memory
            for batch in np.split(rng.permutation(len(target))[: len(target) // BATCH * BATCH], len(target) // BATCH):
                network.train_on_batch(standardised(genotypes[batch], mean, sd), target[batch])
            found = np.corrcoef(say(validation), known)[0, 1]
            if found > best:
                best, at_best = found, network.get_weights()

        def score(others: np.ndarray) -> np.ndarray:
            network.set_weights(at_best)
            return say(others)

        return score
