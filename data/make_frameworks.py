"""Record data/frameworks.json: one small network in four libraries, for readers who have no PyTorch.

    python data/make_frameworks.py

Needs the extra `frameworks`. Times are seconds of processor time on the machine that ran it, one thread each: with
more, the threads of a network this small spend their time waiting for each other.
"""

from __future__ import annotations

import json
import os
from importlib.metadata import version

import numpy as np

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1")
os.environ.update(ONE_THREAD)  # before any library reads it

from helpers.datasets import load  # noqa: E402
from helpers.models import frameworks  # noqa: E402

SETTINGS = {"hidden": 16, "rate": 0.1, "epochs": 60, "batch": 32}
PACKAGES = {
    "scikit-learn": "scikit-learn",
    "Keras on TensorFlow": "keras",
    "PyTorch": "torch",
    "Keras on PyTorch": "keras",
}


def main():
    """Train the network of notebook 01 once with each library and write what that took."""
    train = load("wisconsin").train
    x = (train.features - train.features.mean(axis=0)) / train.features.std(axis=0)
    weights = frameworks.train_keras(x, train.labels, **SETTINGS).get_weights()
    tools = frameworks.measure(weights, x.astype(np.float32), train.labels, SETTINGS)
    stored = {
        "settings": SETTINGS | {"patients": len(train), "inputs": x.shape[1]},
        "tools": {tool: {"version": _version(PACKAGES[tool])} | found for tool, found in tools.items()},
    }
    frameworks.STORED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _version(package: str) -> str:
    """The version without what a build adds to it, such as +cu130."""
    return version(package).split("+")[0]


if __name__ == "__main__":
    main()
