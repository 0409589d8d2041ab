"""One small network in three libraries: the same weights go in, the same probabilities come out.

Weights travel as Keras hands them out: w1 (inputs, hidden), b1 (hidden,), w2 (hidden, 1), b2 (1,). PyTorch, and Keras
on PyTorch, run in a process of their own: Keras chooses what it runs on when it is imported, and the notebook's kernel
need not hold two large libraries. A library is imported where it is used, so that none has to be there.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.base.paths import DATA, ROOT
from helpers.base.source_code import code_of
from helpers.from_scratch.dense import Weights, forward

STORED = DATA / "frameworks.json"
Arrays = Sequence[np.ndarray]


def train_sklearn(x, y, *, hidden, rate, epochs, batch):
    """Build and train with scikit-learn: plain stochastic gradient descent, no penalty."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier((hidden,), solver="sgd", momentum=0, alpha=0, learning_rate_init=rate, batch_size=batch)
    for _ in range(epochs):
        model.partial_fit(x, y, classes=[0, 1])
    return model


def answer_sklearn(weights, x):
    """Put the weights into scikit-learn's network, which has places for them after a first fit, and ask it."""
    from sklearn.neural_network import MLPClassifier

    w1, b1, w2, b2 = weights
    model = MLPClassifier((len(b1),)).partial_fit(x[:2], [0, 1], classes=[0, 1])
    model.coefs_, model.intercepts_ = [w1, w2], [b1, b2]
    return model.predict_proba(x)[:, 1]


def build_keras(inputs, hidden, depth=1):
    """The network in Keras, whatever Keras runs on: `depth` hidden layers, all of the same width."""
    import keras

    return keras.Sequential(
        [
            keras.Input((inputs,)),
            *[keras.layers.Dense(hidden, activation="relu") for _ in range(depth)],
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def train_keras(x, y, *, hidden, rate, epochs, batch):
    """Build and train with Keras: plain stochastic gradient descent."""
    import keras

    model = build_keras(x.shape[1], hidden)
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="binary_crossentropy")
    model.fit(x, y, epochs=epochs, batch_size=batch, verbose=0)
    return model


def answer_keras(weights, x):
    """Put the weights into a Keras network and ask it."""
    model = build_keras(*weights[0].shape)
    model.set_weights(weights)
    return model.predict(x, verbose=0)[:, 0]


def build_torch(inputs, hidden):
    """The network in PyTorch, without its last sigmoid, which the loss brings along."""
    import torch

    return torch.nn.Sequential(torch.nn.Linear(inputs, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 1))


def train_torch(x, y, *, hidden, rate, epochs, batch):
    """Build and train with PyTorch: the loop that the others hide is written out."""
    import torch

    x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
    model = build_torch(x.shape[1], hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    loss_of = torch.nn.BCEWithLogitsLoss()
    for _ in range(epochs):
        for rows in torch.randperm(len(y)).split(batch):
            optimizer.zero_grad()
            loss = loss_of(model(x[rows])[:, 0], y[rows])
            loss.backward()
            optimizer.step()
    return model


def answer_torch(weights, x):
    """Put the weights into a PyTorch network, which stores them as (outputs, inputs), and ask it."""
    import torch

    model = build_torch(*weights[0].shape)
    for parameter, value in zip(model.parameters(), weights, strict=True):
        parameter.data = torch.tensor(value.T, dtype=torch.float32)
    with torch.no_grad():
        return torch.sigmoid(model(torch.tensor(x, dtype=torch.float32)))[:, 0].numpy()


class Tool(NamedTuple):
    """A library's functions: train, answer with given weights, and build where it has one of its own."""

    train: Callable
    answer: Callable
    build: Callable | None = None

    @property
    def functions(self) -> list[Callable]:
        """Those there are: what a user of the library has to write."""
        return [function for function in self if function is not None]


SKLEARN = Tool(train_sklearn, answer_sklearn)
KERAS = Tool(train_keras, answer_keras, build_keras)
TORCH = Tool(train_torch, answer_torch, build_torch)
HERE = {"scikit-learn": SKLEARN, "Keras on TensorFlow": KERAS}
APART = {"PyTorch": TORCH, "Keras on PyTorch": KERAS}


def lines_of_code(functions: Sequence[Callable]) -> int:
    """Lines of the functions' sources, without docstrings and empty lines."""
    return sum(bool(line.strip()) for function in functions for line in code_of(function))


def torch_installed() -> bool:
    """Whether PyTorch is there to be imported."""
    return importlib.util.find_spec("torch") is not None


def ask_each_library(weights: Arrays, x: np.ndarray) -> dict[str, np.ndarray]:
    """The probabilities, shape (n,), that each library that is installed gives with these weights, by its name.

    weights: w1, b1, w2, b2 as Keras' get_weights hands them out. x: inputs, shape (n, inputs). "NumPy" comes first.
    Raises subprocess.CalledProcessError where PyTorch is installed and its process fails.

    Taught in notebooks/01_background.ipynb, section 7.
    """
    w1, b1, w2, b2 = weights
    answers = {"NumPy": forward(x, Weights(w1, b1, w2[:, 0], b2[0]))[1]}
    answers |= {name: tool.answer(weights, x) for name, tool in HERE.items()}
    if torch_installed():
        answers |= _apart({"x": x} | _named(weights))[0]
    return answers


def stored_comparison() -> pd.DataFrame:
    """What data/make_frameworks.py measured: one row per library, with its version, lines, seconds and difference.

    Taught in notebooks/01_background.ipynb, section 7.
    """
    return pd.DataFrame.from_dict(json.loads(STORED.read_text(encoding="utf-8"))["tools"], orient="index")


def measure(weights: Arrays, x: np.ndarray, y: np.ndarray, settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Train and ask each library: seconds of processor time to train, and its largest difference from NumPy.

    settings: hidden, rate, epochs and batch of the train functions. Needs PyTorch.
    """
    seconds = {name: _seconds(tool.train, x, y, settings) for name, tool in HERE.items()}
    _, elsewhere = _apart({"x": x, "y": y, "settings": np.array(json.dumps(settings))} | _named(weights))
    seconds |= elsewhere
    answers = ask_each_library(weights, x)
    return {
        name: {
            "lines of code": lines_of_code(tool.functions),
            "seconds to train": round(seconds[name], 2),
            "largest difference": float(f"{np.abs(answers[name] - answers['NumPy']).max():.1e}"),
        }
        for name, tool in (HERE | APART).items()
    }


def _seconds(train: Callable, x: np.ndarray, y: np.ndarray, settings: dict[str, Any]) -> float:
    """Processor time of the second of two trainings: the first also pays for loading."""
    train(x, y, **settings)
    start = time.process_time()
    train(x, y, **settings)
    return time.process_time() - start


def _named(weights: Arrays) -> dict[str, np.ndarray]:
    return dict(zip(("w1", "b1", "w2", "b2"), weights, strict=True))


def _apart(arrays: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Run `answer_apart` in a process in which Keras runs on PyTorch: its answers and, if there are settings, seconds.

    The arrays go there and come back as .npz files.
    """
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "question.npz", Path(folder) / "answer.npz"
        np.savez(question, **arrays)
        subprocess.run(
            [sys.executable, "-m", "helpers.models.frameworks", str(question), str(answer)],
            cwd=ROOT,
            env=os.environ | {"COURSE_KERAS_BACKEND": "torch"},
            check=True,
            capture_output=True,
            text=True,
        )
        with np.load(answer) as found:
            answers = {tool: found[tool] for tool in APART}
            seconds = {tool: float(found[f"{tool}, seconds"]) for tool in APART if f"{tool}, seconds" in found}
    return answers, seconds


def answer_apart(question: Path, answer: Path) -> None:
    """Ask PyTorch and Keras on PyTorch: reads weights and inputs from one .npz, writes probabilities to another."""
    import keras

    if keras.config.backend() != "torch":
        raise RuntimeError(f"expected Keras on torch, found {keras.config.backend()}: set COURSE_KERAS_BACKEND=torch")
    with np.load(question) as stored:
        given = dict(stored)
    weights = [given[name] for name in ("w1", "b1", "w2", "b2")]
    found = {name: tool.answer(weights, given["x"]) for name, tool in APART.items()}
    if "settings" in given:
        settings = json.loads(str(given["settings"]))
        for name, tool in APART.items():
            found[f"{name}, seconds"] = np.array(_seconds(tool.train, given["x"], given["y"], settings))
    np.savez(answer, **found)


if __name__ == "__main__":
    answer_apart(Path(sys.argv[1]), Path(sys.argv[2]))
