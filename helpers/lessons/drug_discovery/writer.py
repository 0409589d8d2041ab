"""A recurrent network that writes molecules as SMILES, token by token: the cell of notebook 03 at work again.

In earnest use REINVENT, which has this kind of writer, larger and trained on millions, and the reinforcement after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import keras
import numpy as np
from keras import layers
from scipy.special import log_softmax, softmax

from helpers.from_scratch.dense import sigmoid

# An atom with its brackets, a two-letter element and a two-digit ring bond are one token each, anything else a letter
TOKEN = re.compile(r"\[[^\]]+\]|Br|Cl|%\d\d|.")
END = "\n"  # what a line begins after, and ends with
WIDTH = 32  # numbers that stand for a token
NOTHING = -1  # a place after the end of a line


def tokens_of(smiles: str) -> list[str]:
    """The pieces of which a writer makes a SMILES.

    >>> tokens_of("C[C@H](Cl)c1")
    ['C', '[C@H]', '(', 'Cl', ')', 'c', '1']

    Taught in notebooks/11_drug_discovery.ipynb, section 3.1.
    """
    return TOKEN.findall(smiles)


@dataclass(frozen=True)
class Alphabet:
    """What a writer may write: tokens, the first of them END, and at most `longest` of them on a line.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.1.
    """

    tokens: tuple[str, ...]
    longest: int

    @classmethod
    def of(cls, smiles: Iterable[str], longest: int) -> Alphabet:
        """That of the lines of at most so many tokens. Raises ValueError where there is none."""
        lines = [tokens for tokens in map(tokens_of, smiles) if len(tokens) <= longest]
        if not lines:
            raise ValueError(f"longest: expected at least the shortest line of SMILES, found {longest} tokens")
        return cls((END, *sorted({token for tokens in lines for token in tokens})), longest)

    @cached_property
    def number(self) -> dict[str, int]:
        return {token: k for k, token in enumerate(self.tokens)}

    def knows(self, smiles: str) -> bool:
        """Whether the line is short enough and has no other token."""
        tokens = tokens_of(smiles)
        return len(tokens) <= self.longest and self.number.keys() >= set(tokens)

    def numbers(self, smiles: Sequence[str]) -> np.ndarray:
        """Lines as numbers of tokens, int64 (n, longest + 1), END after the last. Raises ValueError for one unknown."""
        rows = np.zeros((len(smiles), self.longest + 1), np.int64)
        for row, line in zip(rows, smiles, strict=True):
            if not self.knows(line):
                raise ValueError(
                    f"{line!r} is longer than {self.longest} tokens, or has one that is not in the alphabet"
                )
            tokens = tokens_of(line)
            row[: len(tokens)] = [self.number[token] for token in tokens]
        return rows

    def lines(self, numbers: np.ndarray) -> list[str | None]:
        """The text up to the first END, None where there is none: the writer did not come to an end."""
        found = []
        for row in np.asarray(numbers):
            ends = np.flatnonzero(row == 0)
            found.append("".join(self.tokens[k] for k in row[: ends[0]]) if len(ends) else None)
        return found


def build_writer(alphabet: Alphabet, *, units: int = 64) -> keras.Sequential:
    """A network that says at each place of a line what comes next.

    Shapes for n lines of T = longest + 1 tokens: (n, T) numbers of tokens → token (n, T, 32) → lstm (n, T, units) →
    next (n, T, tokens), logits. Compiled with Adam and cross-entropy, gradients shortened to a norm of 1.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.1.
    """
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int64"),
            layers.Embedding(len(alphabet.tokens), WIDTH, name="token"),
            layers.LSTM(units, return_sequences=True, name="lstm"),
            layers.Dense(len(alphabet.tokens), name="next"),
        ],
        name="writer",
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=NOTHING)
    model.compile(keras.optimizers.Adam(clipnorm=1.0), loss)
    model.optimizer.build(model.trainable_variables)  # else the first step makes its variables, and is traced twice
    return model


def read(
    model: keras.Model,
    alphabet: Alphabet,
    smiles: Sequence[str],
    rng: np.random.Generator,
    *,
    epochs: int,
    rate: float = 0.015,
    batch_size: int = 32,
) -> np.ndarray:
    """Let the writer learn from lines; the loss of each epoch, (epochs,): mean cross-entropy of a token.

    Each token, and the END of the line, is to be foretold from those before it, the first of them from an END. rate: of
    the first epoch, lowered along half a cosine (as in helpers.models.training.fit).
    Batches are given one by one, as `fit` would build a pipeline for each call; rows that weigh nothing fill the last,
    since another size would be traced anew.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.1.
    """
    shown, wanted = _shown_and_wanted(alphabet, smiles)
    shown, wanted = np.pad(shown, [(0, 1), (0, 0)]), np.pad(wanted, [(0, 1), (0, 0)], constant_values=NOTHING)
    losses = []
    for epoch in range(epochs):
        model.optimizer.learning_rate = rate * (1 + np.cos(np.pi * epoch / epochs)) / 2
        model.reset_metrics()  # what a batch returns is the mean since then
        for rows in np.split(rng.permutation(len(smiles)), range(batch_size, len(smiles), batch_size)):
            rows = np.pad(rows, (0, batch_size - len(rows)), constant_values=len(smiles))
            loss = model.train_on_batch(shown[rows], wanted[rows])
        losses.append(float(loss))
    return np.array(losses)


def loss_of(model: keras.Model, alphabet: Alphabet, smiles: Sequence[str]) -> float:
    """The mean cross-entropy of a token of lines, in nats: of lines that were not read it tells what was learned.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.1.
    """
    shown, wanted = _shown_and_wanted(alphabet, smiles)
    said = log_softmax(np.asarray(model(shown)).astype(np.float64), axis=2)
    chosen = np.take_along_axis(said, np.maximum(wanted, 0)[..., np.newaxis], axis=2)[..., 0]
    return float(-chosen[wanted != NOTHING].mean())


def _shown_and_wanted(alphabet: Alphabet, smiles: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """What the writer reads, from an END on, and what comes next, NOTHING after the END; int64 (n, longest + 1)."""
    wanted = alphabet.numbers(smiles)
    shown = np.column_stack([np.zeros(len(wanted), np.int64), wanted[:, :-1]])
    ended = np.arange(wanted.shape[1]) > (wanted != 0).sum(axis=1)[:, np.newaxis]
    wanted[ended] = NOTHING
    return shown, wanted


def write(
    model: keras.Model, alphabet: Alphabet, lines: int, rng: np.random.Generator, *, temperature: float = 1.0
) -> list[str | None]:
    """Lines by the writer: each token drawn with the chance that the network gives it, then shown to it as the next.

    temperature: divides the logits; below 1 the likeliest tokens come more often, above 1 less. All lines at once in
    NumPy, the steps of helpers.from_scratch.recurrent.lstm_step. None for a line that did not end.
    Raises ValueError for a temperature of 0 or below.

    Taught in notebooks/11_drug_discovery.ipynb, section 3.2.
    """
    if temperature <= 0:
        raise ValueError(f"temperature: expected a number above 0, found {temperature}")
    meaning, W, U, b, V, v = (weights.astype(np.float64) for weights in model.get_weights())
    h = c = np.zeros((lines, len(U)))
    fed = meaning @ W + b  # what each token does to the gates
    token, drawn = np.zeros(lines, np.int64), []
    for _ in range(alphabet.longest + 1):
        i, f, g, o = np.split(fed[token] + h @ U, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        chances = softmax((h @ V + v) / temperature, axis=1)
        token = (chances.cumsum(axis=1) < rng.random((lines, 1))).sum(axis=1).clip(max=len(v) - 1)
        drawn.append(token)
    return alphabet.lines(np.array(drawn).T)
