"""Batches are those of Keras, to the bit, and their pipeline is not tuned while it runs."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.models import build_cnn, build_lstm
from helpers.models.batches import AHEAD, in_batches, untuned
from helpers.models.training import set_seed

ROWS = 70


def images(rows):
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (rows, 12, 12, 1), dtype=np.uint8), np.arange(rows) % 3


def windows(rows):
    rng = np.random.default_rng(1)
    return rng.normal(size=(rows, 10, 5)), rng.normal(size=rows)


@pytest.mark.parametrize(
    ("network", "rows", "size", "weight"),
    [
        ("cnn", 70, 32, None),
        ("cnn", 64, 32, {0: 1.0, 1: 2.0, 2: 0.5}),
        ("cnn", 45, 64, None),
        ("lstm", 70, 14, None),
        ("lstm", 50, 12, None),
    ],
)
def test_training_on_batches_is_training_on_arrays_to_the_bit(network, rows, size, weight):
    x, y = images(rows) if network == "cnn" else windows(rows)

    def arrays():
        return {"x": x, "y": y, "batch_size": size, "validation_data": (x[:40], y[:40])}

    def pipelines():
        known, new = in_batches(x, y, size, shuffled=True), in_batches(x[:40], y[:40], size, shuffled=False)
        return {"x": known, "validation_data": new, "shuffle": False}

    def trained(data):
        set_seed(1)
        model = build_cnn((12, 12, 1), 3) if network == "cnn" else build_lstm()
        history = model.fit(**data(), epochs=3, class_weight=weight, verbose=0).history
        return history, [weights.tobytes() for weights in model.get_weights()]

    assert trained(pipelines) == trained(arrays)


def test_an_epoch_has_every_row_once_in_the_seed_s_order():
    def epochs(seed):
        set_seed(seed)
        pipeline = in_batches(np.arange(ROWS), 2 * np.arange(ROWS), 32, shuffled=True)
        assert int(pipeline.cardinality()) == 3
        for _ in range(2):
            inputs, targets = zip(*pipeline.as_numpy_iterator(), strict=True)
            assert [len(part) for part in inputs] == [32, 32, 6]
            assert (np.concatenate(targets) == 2 * np.concatenate(inputs)).all()
            yield np.concatenate(inputs).tolist()

    first, second = epochs(1)
    other, _ = epochs(2)
    assert sorted(first) == sorted(other) == list(range(ROWS))
    assert first == second != other
    assert first != sorted(first)


def test_without_shuffling_the_order_stays():
    inputs = [part for part, _ in in_batches(np.arange(5), np.arange(5), 2, shuffled=False).as_numpy_iterator()]
    assert [part.tolist() for part in inputs] == [[0, 1], [2, 3], [4]]


def test_floats_get_the_precision_of_keras_and_whole_numbers_stay():
    pipeline = in_batches(np.zeros((4, 2)), np.zeros(4, np.int64), 2, shuffled=False)
    assert [part.dtype for part in pipeline.element_spec] == [tf.float32, tf.int64]
    assert keras.config.floatx() == "float32"


def test_nothing_tunes_the_pipeline():
    tuned = tf.data.Dataset.range(3).prefetch(AHEAD)
    assert tuned.options().autotune.enabled is not False
    options = untuned(tuned).options()
    assert options.autotune.enabled is False
    assert options.experimental_optimization.apply_default_optimizations is False
    assert in_batches(np.arange(5), np.arange(5), 2, shuffled=True).options().autotune.enabled is False


@pytest.mark.parametrize("inputs", [3, 5])
def test_arrays_of_different_length_are_refused(inputs):
    with pytest.raises(ValueError, match=rf"as many rows of each, found {inputs} and 4"):
        in_batches(np.zeros(inputs), np.zeros(4), 2, shuffled=False)
