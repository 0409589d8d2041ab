"""The same weights give the same probabilities in every library, and the stored comparison is of today's code."""

import json
import subprocess
import sys

import numpy as np
import pytest

from helpers.base.paths import NOTEBOOKS, ROOT
from helpers.from_scratch.dense import sigmoid
from helpers.models import frameworks
from helpers.notebook.parameters import read_parameters

RNG = np.random.default_rng(12)
X = RNG.normal(size=(25, 6)).astype(np.float32)
WEIGHTS = [RNG.normal(size=shape).astype(np.float32) for shape in [(6, 4), (4,), (4, 1), (1,)]]
NEEDS_TORCH = pytest.mark.skipif(not frameworks.torch_installed(), reason="needs the extra `frameworks`")
SETTINGS = {"hidden": 4, "rate": 0.1, "epochs": 2, "batch": 8}


def by_hand():
    w1, b1, w2, b2 = (value.astype(float) for value in WEIGHTS)
    return sigmoid(np.maximum(X @ w1 + b1, 0) @ w2[:, 0] + b2[0])


def test_numpy_scikit_learn_and_keras_agree(monkeypatch):
    monkeypatch.setattr(frameworks, "torch_installed", lambda: False)
    answers = frameworks.ask_each_library(WEIGHTS, X)
    assert list(answers) == ["NumPy", "scikit-learn", "Keras on TensorFlow"]
    for p in answers.values():
        np.testing.assert_allclose(p, by_hand(), atol=1e-5)


@NEEDS_TORCH
def test_pytorch_and_keras_on_pytorch_agree_where_pytorch_is_installed():
    """The lock leaves PyTorch out (extra `frameworks`), so the usual suite skips this; with the extra it runs."""
    answers = frameworks.ask_each_library(WEIGHTS, X)
    assert list(answers) == ["NumPy", *frameworks.HERE, *frameworks.APART]
    for p in answers.values():
        np.testing.assert_allclose(p, by_hand(), atol=1e-5)


TRAIN_APART = """
import numpy as np, torch
torch.manual_seed(1)
from helpers.models.frameworks import train_torch
x = np.random.default_rng(1).normal(size=(25, 6))
y = (x[:, 0] > 0).astype(int)
model = train_torch(x, y, hidden=8, rate=0.5, epochs=100, batch=8)
with torch.no_grad():
    assert ((model(torch.tensor(x, dtype=torch.float32))[:, 0] > 0).numpy() == y).mean() > 0.9
"""


@NEEDS_TORCH
def test_pytorch_trains_where_it_is_installed():
    """As above; in a process of its own, because PyTorch and TensorFlow do not always get on in one."""
    subprocess.run([sys.executable, "-c", TRAIN_APART], check=True, cwd=ROOT)


@NEEDS_TORCH
def test_the_comparison_is_measured_where_pytorch_is_installed():
    """As above."""
    y = (X[:, 0] > 0).astype(int)
    measured = frameworks.measure(WEIGHTS, X, y, SETTINGS)
    assert list(measured) == frameworks.stored_comparison().index.tolist()
    for found in measured.values():
        assert found["largest difference"] <= 1e-5
        assert found["seconds to train"] > 0


@pytest.mark.parametrize("train", [frameworks.train_sklearn, frameworks.train_keras])
def test_the_libraries_at_hand_train(train):
    y = (X[:, 0] > 0).astype(int)
    model = train(X, y, **SETTINGS | {"hidden": 8, "rate": 0.5, "epochs": 100})
    p = model.predict_proba(X)[:, 1] if hasattr(model, "predict_proba") else model.predict(X, verbose=0)[:, 0]
    assert ((p > 0.5) == y).mean() > 0.9


def test_a_process_that_fails_is_an_error(monkeypatch, tmp_path):
    failing = tmp_path / "failing"
    failing.write_text("#!/bin/sh\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setattr(frameworks.sys, "executable", str(failing))
    with pytest.raises(subprocess.CalledProcessError):
        frameworks._apart({"x": X} | frameworks._named(WEIGHTS))


def test_the_process_apart_refuses_another_backend(tmp_path):
    with pytest.raises(RuntimeError, match="set COURSE_KERAS_BACKEND=torch"):
        frameworks.answer_apart(tmp_path / "question.npz", tmp_path / "answer.npz")


def three_lines(x):
    """Not counted.

    Nor is this.
    """

    x += 1
    return x


def test_lines_are_counted_without_docstring_and_empty_lines():
    assert frameworks.lines_of_code([three_lines]) == 3
    assert frameworks.lines_of_code([three_lines, three_lines]) == 6


def test_the_stored_comparison_is_complete_and_of_the_code_as_it_is():
    table = frameworks.stored_comparison()
    tools = frameworks.HERE | frameworks.APART
    assert table.index.tolist() == list(tools)
    for name, tool in tools.items():
        assert table.loc[name, "lines of code"] == frameworks.lines_of_code(tool.functions)
    assert (table["largest difference"] <= 1e-5).all()
    assert table["seconds to train"].between(0.05, 60).all()
    settings = json.loads(frameworks.STORED.read_text(encoding="utf-8"))["settings"]
    written = {
        name: parameter.default for name, parameter in read_parameters(NOTEBOOKS / "01_background.ipynb").items()
    }
    names = {"hidden": "hidden", "rate": "learning_rate", "epochs": "epochs", "batch": "batch_size"}
    assert {name: settings[name] for name in names} == {name: written[names[name]] for name in names}
