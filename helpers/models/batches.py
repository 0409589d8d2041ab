"""Arrays as batches for Keras' `fit`: in the order that Keras itself would take, and without its waits.

TensorFlow tunes a pipeline while it runs, by a thread that sleeps for longer and longer, and that may have to end its
sleep before the pipeline can be closed. With batches as small as the course's that gains nothing, and training waited
for it at its end for up to as long as it had taken (measured with TensorFlow 2.21). Keras has no switch for that where
it is given arrays, so here they are made into a pipeline that is not tuned.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

AHEAD = 2  # batches that are prepared while the network is busy with another


def in_batches(inputs: np.ndarray, targets: np.ndarray, size: int, *, shuffled: bool) -> tf.data.Dataset:
    """Pairs of inputs (size, ...) and targets (size, ...), the last pair of an epoch with what is left.

    inputs, targets: arrays with a row per item; of floats, they get Keras' precision. shuffled: in an order that
    TensorFlow's seed draws, so call this after `set_seed`; it is the same in every epoch, as where Keras is given the
    arrays and the seed is set. Raises ValueError where the two have not as many rows.
    """
    rows = len(targets)
    if len(inputs) != rows:
        raise ValueError(f"inputs and targets: expected as many rows of each, found {len(inputs)} and {rows}.")

    def order(_):
        numbers = tf.range(rows, dtype=tf.int64)
        return tf.random.shuffle(numbers) if shuffled else numbers

    def parts(numbers):
        return tf.data.Dataset.from_tensor_slices(numbers).batch(size)

    def take(numbers, arrays):
        return tuple(tf.gather(array, numbers) for array in arrays)

    arrays = tf.data.Dataset.from_tensors((_as_keras(inputs), _as_keras(targets))).repeat()
    numbers = tf.data.Dataset.range(1).map(order).flat_map(parts)
    pairs = tf.data.Dataset.zip(numbers, arrays).map(take).prefetch(AHEAD)
    return untuned(pairs.apply(tf.data.experimental.assert_cardinality(-(-rows // size))))


def untuned(pipeline: tf.data.Dataset) -> tf.data.Dataset:
    """The same pipeline, left as it was written: nothing tunes it while it runs, or rewrites it before."""
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    return pipeline.with_options(options)


def _as_keras(array: np.ndarray) -> np.ndarray:
    return array.astype(keras.config.floatx(), copy=False) if np.issubdtype(array.dtype, np.floating) else array
