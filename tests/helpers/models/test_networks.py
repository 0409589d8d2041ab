"""The networks: their sizes, their first loss, that they can learn, and what their augmentation may not do."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from helpers.models import (
    build_augmentation,
    build_better_cnn,
    build_cnn,
    build_cnn_forecaster,
    build_forecaster,
    build_lstm,
)
from helpers.models.training import set_seed

SHAPE = (28, 28, 1)


@pytest.fixture(autouse=True)
def seed():
    set_seed(7)


@pytest.fixture
def batch():
    """32 images of noise (32, 28, 28, 1) with labels 0 to 9 that have nothing to do with them."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (32, *SHAPE), dtype=np.uint8), np.arange(32) % 10


def names_and_shapes(model):
    return [(layer.name, layer.output.shape[1:]) for layer in model.layers]


def test_source_model_has_the_sources_layers_and_parameters():
    model = build_cnn()
    assert names_and_shapes(model) == [
        ("rescale", (28, 28, 1)),
        ("conv_1", (26, 26, 32)),
        ("pool_1", (13, 13, 32)),
        ("conv_2", (11, 11, 64)),
        ("pool_2", (5, 5, 64)),
        ("flatten", (1600,)),
        ("probabilities", (10,)),
    ]
    assert [layer.count_params() for layer in model.layers if layer.weights] == [320, 18_496, 16_010]
    assert model.count_params() == 34_826
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert model.loss == "sparse_categorical_crossentropy"


@pytest.mark.parametrize(("outputs", "weights"), [(2, 22_018), (10, 34_826), (11, 36_427)])
def test_source_model_has_as_many_outputs_as_are_asked_for(outputs, weights):
    """Each has 1,600 weights and a bias of its own; the two convolutions together 18,816."""
    model = build_cnn(SHAPE, outputs)
    assert model.output_shape == (None, outputs)
    assert model.count_params() == weights


def test_better_model_has_the_documented_layers():
    model = build_better_cnn(SHAPE, 3)
    assert names_and_shapes(model) == [
        ("rescale", (28, 28, 1)),
        ("augmentation", (28, 28, 1)),
        *[("conv_1", (28, 28, 24)), ("normalise_1", (28, 28, 24)), ("relu_1", (28, 28, 24)), ("pool_1", (14, 14, 24))],
        *[("conv_2", (14, 14, 48)), ("normalise_2", (14, 14, 48)), ("relu_2", (14, 14, 48)), ("pool_2", (7, 7, 48))],
        *[("conv_3", (7, 7, 96)), ("normalise_3", (7, 7, 96)), ("relu_3", (7, 7, 96))],
        ("global_pool", (96,)),
        ("dropout", (96,)),
        ("probabilities", (3,)),
    ]


def test_better_model_takes_colour_other_sizes_and_other_blocks():
    model = build_better_cnn((40, 36, 3), 2, filters=(4, 8), augmentation=0)
    assert "augmentation" not in [layer.name for layer in model.layers]
    assert model.get_layer("relu_2").output.shape == (None, 20, 18, 8)
    images = np.zeros((5, 40, 36, 3), np.uint8)
    assert model.predict(images, verbose=0).shape == (5, 2)


def test_first_loss_is_that_of_guessing(batch):
    """Before training each of K classes gets about 1/K, the loss is about ln K; unscaled pixels give far more."""
    images, labels = batch
    for model in (build_cnn(), build_better_cnn(SHAPE, 10)):
        loss, _ = model.evaluate(images, labels, verbose=0)
        assert loss == pytest.approx(np.log(10), abs=0.25)


@pytest.mark.parametrize("build", [build_cnn, lambda: build_better_cnn(SHAPE, 10, dropout=0, augmentation=0)])
def test_one_batch_can_be_learnt_by_heart(batch, build):
    model = build()
    model.fit(*batch, epochs=60, verbose=0)
    _, accuracy = model.evaluate(*batch, verbose=0)
    assert accuracy == 1


def test_probabilities_sum_to_one(batch):
    images, _ = batch
    for model in (build_cnn(), build_better_cnn(SHAPE, 10)):
        np.testing.assert_allclose(model.predict(images, verbose=0).sum(axis=1), 1, atol=1e-6)


def test_augmentation_and_dropout_work_in_training_only(batch):
    images, _ = batch
    model = build_better_cnn(SHAPE, 2)
    np.testing.assert_array_equal(model.predict(images, verbose=0), model.predict(images, verbose=0))

    augmentation, scaled = build_augmentation(), images / np.float32(255)
    np.testing.assert_array_equal(augmentation(scaled, training=False), scaled)
    first, second = (np.array(augmentation(scaled, training=True)) for _ in range(2))
    assert (np.abs(first - second).mean(axis=(1, 2, 3)) > 0.01).all()
    assert first.min() >= 0
    assert first.max() <= 1


def share_mirrored(augmentation) -> float:
    """The share of 300 augmented copies of a left-bright image that resemble its mirror image more than itself."""
    image = np.tile(np.linspace(0.8, 0.2, 28, dtype=np.float32)[None, :, None], (28, 1, 1))
    copies = np.array(augmentation(np.repeat(image[None], 300, axis=0), training=True))
    return float((copies[:, :, :14].mean(axis=(1, 2, 3)) < copies[:, :, 14:].mean(axis=(1, 2, 3))).mean())


def test_augmentation_never_mirrors():
    assert share_mirrored(build_augmentation(1.0)) == 0
    assert not [layer for layer in build_augmentation().layers if isinstance(layer, keras.layers.RandomFlip)]


def test_a_mirroring_augmentation_would_be_noticed():
    flip = keras.layers.RandomFlip("horizontal")
    assert share_mirrored(keras.Sequential([build_augmentation(), flip])) == pytest.approx(0.5, abs=0.12)


def test_stronger_augmentation_changes_more():
    images = np.tile(np.linspace(0.2, 0.8, 28, dtype=np.float32)[None, None, :, None], (200, 28, 1, 1))
    change = [float(np.abs(build_augmentation(s)(images, training=True) - images).mean()) for s in (0.5, 1.0, 2.0)]
    assert change == sorted(change)
    assert change[2] > 1.5 * change[0]


@pytest.mark.parametrize("strength", [-0.1, 2.6])
def test_impossible_augmentation_is_refused(strength):
    with pytest.raises(ValueError, match=r"strength: expected 0 \(off\) to 2.5"):
        build_better_cnn(SHAPE, 2, augmentation=strength)


def test_import_and_first_training_print_nothing():
    """In a fresh interpreter, where TensorFlow would say hello on stderr."""
    code = """
import numpy as np
from helpers import models
from helpers.models import training
from helpers.datasets.contract import Split
training.set_seed(1)
split = Split(np.zeros((8, 28, 28, 1), np.uint8), np.arange(8) % 2, np.arange(8))
training.fit(models.build_better_cnn((28, 28, 1), 2, filters=(2,)), split, split, epochs=1)
"""
    chatter = ("TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS", "JPY_SESSION_NAME")
    environment = {name: value for name, value in os.environ.items() if name not in chatter}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_sources_lstm_has_its_layers_and_parameters():
    model = build_lstm()
    assert names_and_shapes(model) == [("lstm_1", (10, 128)), ("lstm_2", (64,)), ("forecast", (1,))]
    assert [layer.count_params() for layer in model.layers] == [68_608, 49_408, 65]
    assert model.count_params() == 118_081
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert model.loss == "mse"


FORECASTERS = {
    "rnn": lambda: build_forecaster((10, 5), "rnn", units=8),
    "lstm": lambda: build_forecaster((10, 5), "lstm", units=8),
    "gru": lambda: build_forecaster((10, 5), "gru", units=8),
    "cnn": lambda: build_cnn_forecaster((10, 5)),
}


@pytest.mark.parametrize("name", FORECASTERS)
def test_an_untrained_forecaster_foretells_no_change(name):
    x = np.random.default_rng(2).normal(size=(6, 10, 5)).astype(np.float32)
    answer = FORECASTERS[name]().predict(x, verbose=0)
    assert answer.shape == (6, 1)
    assert not answer.any()


@pytest.mark.parametrize(("cell", "weights"), [("rnn", 112), ("lstm", 448), ("gru", 360)])
def test_forecasters_have_the_cell_that_was_asked_for(cell, weights):
    model = FORECASTERS[cell]()
    assert [layer.count_params() for layer in model.layers] == [weights, 9]
    assert [layer.name for layer in model.layers] == [cell, "change"]


def test_an_unknown_cell_is_refused():
    with pytest.raises(ValueError, match="cell: expected one of rnn, lstm, gru, found 'transformer'"):
        build_forecaster((10, 5), "transformer")


def test_convolutions_along_time_do_not_look_ahead():
    """The maps of the first steps stay as they are when later steps of the window change."""
    model = build_cnn_forecaster((10, 5))
    maps = keras.Model(model.inputs[0], model.get_layer("conv_2").output)
    x = np.random.default_rng(2).normal(size=(1, 10, 5)).astype(np.float32)
    later = x.copy()
    later[:, 6:] += 5
    one, other = (np.asarray(maps(each)) for each in (x, later))
    np.testing.assert_array_equal(one[:, :6], other[:, :6])
    assert np.abs(one[:, 6:] - other[:, 6:]).max() > 0.01
