"""Small networks for beats and rhythms, each built once and trained several times, and the floor below them."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import layers
from sklearn.linear_model import LogisticRegression

from helpers.lessons.biosignals.heartbeats import Beats
from helpers.models.training import Restartable, whole_batches

CLASSES = 5
BATCH = 128
AT_ONCE = 512  # rows of one answer, at most
RATE = 0.002  # of Adam
PENALTY = 0.1  # scikit-learn's C, the inverse of the L2 penalty: chosen within DS1 of MIT-BIH, out of fold by person


def build_beat_cnn(samples: int, numbers: int, *, filters: int = 16, dropout: float = 0.3) -> keras.Model:
    """Convolutions along a beat's two channels, beside its numbers, and five classes.

    Shapes for 78 samples, n beats: (n, 78, 2) → (n, 39, 16) → (n, 20, 32) → (n, 10, 32) → flatten (n, 320) → (n, 32),
    and (n, numbers) → (n, 32); both together (n, 64) → probabilities (n, 5).
    Compiled with Adam and cross-entropy on labels (n,). Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    trace, numbers_in = keras.Input((samples, 2)), keras.Input((numbers,))
    along = trace
    for width, reach in ((filters, 9), (2 * filters, 5), (2 * filters, 3)):
        along = layers.Conv1D(width, reach, strides=2, padding="same", activation="relu")(along)
    along = layers.Dense(32, activation="relu")(layers.Dropout(dropout)(layers.Flatten()(along)))
    both = layers.Concatenate()([layers.Dense(32, activation="relu")(numbers_in), along])
    return _compiled([trace, numbers_in], layers.Dropout(dropout)(both), CLASSES)


def build_beat_gru(steps: int, numbers: int, *, units: int = 16, dropout: float = 0.3) -> keras.Model:
    """A GRU that reads up to a beat from before and one that reads back to it from after, and five classes.

    steps: odd, the beat in the middle. Shapes for 11 beats, n runs: (n, 11, 15) → states (n, 11, 32) → those at the
    beat (n, 32) → probabilities (n, 5). Compiled as the other.
    Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """
    runs = keras.Input((steps, numbers))
    states = layers.Bidirectional(layers.GRU(units, return_sequences=True))(runs)
    read = layers.Flatten()(layers.Cropping1D(steps // 2)(states))
    return _compiled([runs], layers.Dropout(dropout)(read), CLASSES)


def build_gru(steps: int, features: int, *, units: int = 12) -> keras.Model:
    """A GRU that reads what came before, and two classes: (n, steps, features) → (n, units) → (n, 2).

    Of a rhythm the steps are successive RR intervals, of an EEG the looks of the last hour.
    Taught in notebooks/12_biosignals.ipynb, section 2.5. Taught in notebooks/12_biosignals.ipynb, section 4.3.
    """
    runs = keras.Input((steps, features))
    return _compiled([runs], layers.GRU(units)(runs), 2)


def build_rhythm_cnn(samples: int, leads: int = 1, *, filters: int = 16) -> keras.Model:
    """Convolutions along a stretch of the trace, averaged over time, and two classes: (n, samples, leads) → (n, 2).

    Taught in notebooks/12_biosignals.ipynb, section 2.5.
    """
    trace = keras.Input((samples, leads))
    along = trace
    for width, reach in ((filters, 9), (filters, 7), (2 * filters, 5)):
        along = layers.Conv1D(width, reach, strides=2, padding="same", activation="relu")(along)
    return _compiled([trace], layers.GlobalAveragePooling1D()(along), 2)


def _compiled(inputs: list, last, classes: int) -> keras.Model:
    network = keras.Model(inputs, layers.Dense(classes, activation="softmax", name="probabilities")(last))
    network.compile(optimizer=keras.optimizers.Adam(RATE), loss="sparse_categorical_crossentropy")
    return network


def train(
    bench: Restartable, inputs: list[np.ndarray], labels: np.ndarray, *, epochs: int, seed: int, batch: int = BATCH
) -> None:
    """Train a network from fresh weights, in an order of rows that the seed deals; no row is counted twice.

    inputs: arrays (n, ...), in the order of the network's. batch: rows of a step; the rows of an epoch that fill no
    step wait for the next.
    Taught in notebooks/12_biosignals.ipynb, section 2.5.
    """
    bench.start_with(seed)
    batches = whole_batches(np.arange(len(labels)), batch, epochs=epochs, rng=np.random.default_rng(seed % 2**32))
    bench.learn(([part[rows] for part in inputs], labels[rows]) for rows in batches)


def risks_of(bench: Restartable, inputs: list[np.ndarray]) -> np.ndarray:
    """The network's probabilities for all rows, float32 (n, classes), AT_ONCE rows at a time or a power of two."""
    n = len(inputs[0])
    at_once = min(1 << (n - 1).bit_length(), AT_ONCE)
    return bench.answer(n, lambda rows: [part[rows] for part in inputs], at_once=at_once)


def learner(
    bench: Restartable, inputs: Callable[[Beats], list[np.ndarray]], *, epochs: int, seed: int, batch: int = BATCH
) -> Callable[[Beats], Callable[[Beats], np.ndarray]]:
    """What heartbeats.out_of_fold asks for: learn from beats, then answer for others, by a network.

    inputs: picks what the network is given. Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """

    def learn(beats: Beats) -> Callable[[Beats], np.ndarray]:
        train(bench, inputs(beats), beats.labels, epochs=epochs, seed=seed, batch=batch)
        return lambda others: risks_of(bench, inputs(others))

    return learn


def logistic(columns: slice, *, balanced: bool = False) -> Callable[[Beats], Callable[[Beats], np.ndarray]]:
    """The same by logistic regression on some of the numbers, (n, 15).

    balanced: weight the classes as if each were as frequent. Taught in notebooks/12_biosignals.ipynb, section 2.2.
    """

    def learn(beats: Beats) -> Callable[[Beats], np.ndarray]:
        model = LogisticRegression(C=PENALTY, max_iter=300, class_weight="balanced" if balanced else None)
        model.fit(beats.numbers[:, columns], beats.labels)

        def answer(others: Beats) -> np.ndarray:
            risks = np.zeros((len(others), CLASSES))
            risks[:, model.classes_] = model.predict_proba(others.numbers[:, columns])
            return risks

        return answer

    return learn
