"""Training throughput: the course's `fit`, Keras' own, the barest compiled loop, and PyTorch, in turn.

Each trains the source's CNN (28×28×1, ten outputs) or LSTM (10×5) for one epoch a round, in a process of its own, on
the same random images or windows: what is learned does not matter here. The floor is TensorFlow alone: an epoch is one
compiled function, over batches that are tensors already, with no metric, no shuffling, no validation. All on
TensorFlow keep to the course's arithmetic (operations that repeat to the last bit, no oneDNN, no XLA), but Keras' "as
it comes".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import numpy as np

from bench.measuring import Apart, Row, in_turn, ratios, seconds_of
from helpers.datasets.contract import Split
from helpers.models.frameworks import torch_installed

DEFAULT = {"cases": (("CNN", 2048, 32), ("CNN", 2048, 8), ("LSTM", 1024, 32)), "repeats": 5}
QUICK = {"cases": (("CNN", 512, 32),), "repeats": 3}
OUTPUTS = 10
UNITS = {"CNN": "images/s", "LSTM": "windows/s"}
FLOOR, COURSE, TORCH = "bare compiled loop", "the course's fit", "PyTorch"


def data(network: str, items: int) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 (items, 28, 28, 1) and labels, or windows float32 (items, 10, 5) and targets, at random."""
    rng = np.random.default_rng(1)
    if network == "CNN":
        return rng.integers(0, 256, (items, 28, 28, 1), dtype=np.uint8), rng.integers(0, OUTPUTS, items)
    windows = rng.normal(size=(items, 10, 5)).astype(np.float32)
    return windows, windows[:, -1, 0].copy()


def build(network: str):
    """The compiled Keras model."""
    from helpers.models import build_cnn, build_lstm

    return build_cnn(outputs=OUTPUTS) if network == "CNN" else build_lstm()


def course_fit(network: str, items: int, batch: int) -> Callable[[], float]:
    """One epoch by `fit` or `fit_forecaster`, with one batch to validate on; traced already."""
    from helpers.models.training import fit, fit_forecaster, set_seed

    set_seed(1)
    model, (x, y) = build(network), data(network, items)
    if network == "CNN":
        train, one_batch = (Split(x[:n], y[:n], np.arange(n)) for n in (items, batch))
        return _timed(lambda: fit(model, train, one_batch, epochs=1, batch_size=batch))
    one_batch = x[:batch], y[:batch]
    return _timed(lambda: fit_forecaster(model, (x, y), one_batch, epochs=1, batch_size=batch))


def keras_fit(network: str, items: int, batch: int, as_it_comes: bool = False) -> Callable[[], float]:
    """One epoch by Keras' Model.fit, with one batch to validate on; as_it_comes: not held to repeat to the last bit."""
    from helpers.models.training import set_seed

    if not as_it_comes:
        set_seed(1)
    model, (x, y) = build(network), data(network, items)
    one_batch = x[:batch], y[:batch]
    return _timed(lambda: model.fit(x, y, validation_data=one_batch, batch_size=batch, verbose=0))


def bare_loop(network: str, items: int, batch: int) -> Callable[[], float]:
    """One epoch of the same network, loss and optimiser in one compiled function."""
    from helpers.models.training import set_seed

    set_seed(1)
    model, (x, y) = build(network), data(network, items)
    return _timed(compiled_epoch(model, x, y, batch))


def compiled_epoch(model, x: np.ndarray, y: np.ndarray, batch: int) -> Callable[[], object]:
    """A function that trains a compiled Keras model for one epoch in the order of the rows; an incomplete batch is
    left out."""
    import keras
    import tensorflow as tf

    steps = len(x) // batch
    inputs, targets = (tf.constant(part[: steps * batch].reshape(steps, batch, *part.shape[1:])) for part in (x, y))
    loss_of, weights = keras.losses.get(model.loss), model.trainable_variables
    model.optimizer.build(weights)

    @tf.function
    def epoch():
        for k in tf.range(steps):
            with tf.GradientTape() as tape:
                answers = model(inputs[k], training=True)
                shaped = targets[k] if model.loss != "mse" else targets[k][:, tf.newaxis]
                loss = tf.reduce_mean(loss_of(shaped, answers))
            model.optimizer.apply(tape.gradient(loss, weights), weights)

    return epoch


def torch_network(network: str):
    """The same network in PyTorch; images come as (n, channels, height, width), and the loss brings the softmax."""
    import torch
    from torch import nn

    if network == "CNN":
        convolutions = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU()]
        return nn.Sequential(*convolutions, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1600, OUTPUTS))

    class Forecaster(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm_1 = nn.LSTM(5, 128, batch_first=True)
            self.lstm_2 = nn.LSTM(128, 64, batch_first=True)
            self.forecast = nn.Linear(64, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.forecast(self.lstm_2(self.lstm_1(x)[0])[0][:, -1])[:, 0]

    return Forecaster()


def torch_loop(network: str, items: int, batch: int) -> Callable[[], float]:
    """One epoch of the loop that PyTorch's users write: shuffled batches, Adam."""
    import torch

    torch.manual_seed(1)
    model, (x, y) = torch_network(network), (torch.tensor(part) for part in data(network, items))
    if network == "CNN":
        x = x.permute(0, 3, 1, 2).contiguous()
    optimizer = torch.optim.Adam(model.parameters())
    loss_of = torch.nn.CrossEntropyLoss() if network == "CNN" else torch.nn.MSELoss()

    def epoch():
        for rows in torch.randperm(len(y)).split(batch):
            optimizer.zero_grad()
            inputs = x[rows] / 255 if network == "CNN" else x[rows]
            loss_of(model(inputs), y[rows]).backward()
            optimizer.step()

    return _timed(epoch)


def _timed(epoch: Callable[[], object]) -> Callable[[], float]:
    epoch()  # the first also pays for tracing and compiling
    return lambda: seconds_of(epoch)


def measure(*, cases: Sequence[tuple[str, int, int]], repeats: int) -> Iterator[Row]:
    """Items a second of each, and the course's pace against the others'; cases: network, items an epoch, batch."""
    for network, items, batch in cases:
        given = (network, items, batch)
        with ExitStack() as processes:
            rivals = {
                COURSE: Apart(course_fit, *given),
                "Keras' fit": Apart(keras_fit, *given),
                "Keras' fit as it comes": Apart(keras_fit, *given, True, environment={"TF_ENABLE_ONEDNN_OPTS": "1"}),
                FLOOR: Apart(bare_loop, *given),
            }
            if torch_installed():
                rivals[TORCH] = Apart(torch_loop, *given)
            for rival in rivals.values():
                processes.enter_context(rival)
            seconds = in_turn(rivals, repeats)
        yield from _rows(f"{network}, batches of {batch}", UNITS[network], items, seconds)


def _rows(case: str, unit: str, items: int, seconds: dict[str, tuple[float, ...]]) -> Iterator[Row]:
    for name, took in seconds.items():
        yield Row(f"{case}: {name}", unit, tuple(items / one for one in took))
    if TORCH not in seconds:
        yield Row(f"{case}: {TORCH}", unit, note="not installed")
    for name in (name for name in seconds if name != COURSE):
        note = "above 1, the course is quicker"
        yield Row(f"{case}: {COURSE} against {name}", "times the pace", ratios(seconds[name], seconds[COURSE]), note)
