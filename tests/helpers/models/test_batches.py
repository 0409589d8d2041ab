"""Batches are those of Keras, to the bit, and their pipeline is not tuned while it runs."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.models import build_cnn, build_lstm
from helpers.models.batches import AHEAD, batches, untuned
from helpers.models.training import set_seed

ROWS = 70


def images():
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (ROWS, 12, 12, 1), dtype=np.uint8), np.arange(ROWS) % 3


def windows():
    rng = np.random.default_rng(1)
    return rng.normal(size=(ROWS, 10, 5)), rng.normal(size=ROWS)


@pytest.mark.parametrize("weight", [None, {0: 1.0, 1: 2.0, 2: 0.5}])
@pytest.mark.parametrize("network", ["cnn", "lstm"])
def test_training_on_batches_is_training_on_arrays_to_the_bit(network, weight):
    x, y = images() if network == "cnn" else windows()
    if network == "lstm" and weight is not None:
        y = np.arange(ROWS) % 3

    def arrays():
        return {"x": x, "y": y, "batch_size": 32, "validation_data": (x[:40], y[:40])}

    def pipelines():
        known, new = batches(x, y, 32, shuffled=True), batches(x[:40], y[:40], 32, shuffled=False)
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
        pipeline = batches(np.arange(ROWS), 2 * np.arange(ROWS), 32, shuffled=True)
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
    inputs = [part for part, _ in batches(np.arange(5), np.arange(5), 2, shuffled=False).as_numpy_iterator()]
    assert [part.tolist() for part in inputs] == [[0, 1], [2, 3], [4]]


def test_floats_get_the_precision_of_keras_and_whole_numbers_stay():
    pipeline = batches(np.zeros((4, 2)), np.zeros(4, np.int64), 2, shuffled=False)
    assert [part.dtype for part in pipeline.element_spec] == [tf.float32, tf.int64]
    assert keras.config.floatx() == "float32"


def test_nothing_tunes_the_pipeline():
    tuned = tf.data.Dataset.range(3).prefetch(AHEAD)
    assert tuned.options().autotune.enabled is not False
    assert untuned(tuned).options().autotune.enabled is False
    assert batches(np.arange(5), np.arange(5), 2, shuffled=True).options().autotune.enabled is False
