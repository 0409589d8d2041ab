"""A small network that reads both strands of DNA with the same filters, and what it reacts to."""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np
import pandas as pd
from keras import layers, ops

from helpers.datasets.sequences import LETTERS
from helpers.lessons.genomics.backgrounds import Sequences
from helpers.lessons.genomics.motifs import scan, sites_at
from helpers.models.training import fit_forecaster

BATCH, AT_ONCE = 64, 512  # sequences of one step of training, and of one look
REACTS = 0.5  # a filter reacts where its output is above this share of its greatest


class Learnt(NamedTuple):
    """A filter as a matrix. number: which. frequencies: (width, 4). sites: how many it was counted from. worth: what it
    adds to the log odds of a bound sequence, on average, more than to those of an unbound one."""

    number: int
    frequencies: np.ndarray
    sites: int
    worth: float


def build_motif_network(length: int, *, filters: int = 16, width: int = 19, learning_rate: float = 0.01) -> keras.Model:
    """One convolution over both strands, the greatest answer of each filter, and one weighted sum.

    Input: one-hot (n, length, 4). The other strand is the input turned round, places and letters, and goes through the
    same filters, so a sequence and its reverse complement have the same score. Output: (n, 1), the log odds of bound.
    filters: how many. width: letters that each sees. Compiled with Adam and cross-entropy.
    Raises ValueError where the filters are longer than the sequence.
    Taught in notebooks/10_genomics.ipynb, section 1.
    """
    if width > length:
        raise ValueError(f"width: expected at most the {length} letters of a sequence, got {width}")
    strand = keras.Input((length, len(LETTERS)))
    convolution = layers.Conv1D(filters, width, activation="relu", name="filters")
    greatest = layers.GlobalMaxPooling1D(name="greatest")
    either = layers.Maximum(name="either_strand")(
        [greatest(convolution(one)) for one in (strand, ops.flip(strand, axis=(1, 2)))]
    )
    model = keras.Model(strand, layers.Dense(1, name="log_odds")(either), name="motif_network")
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        jit_compile=False,  # XLA's convolution takes twice as long on a processor
    )
    return model


def scores_of(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """What the network says of one-hot sequences, float64 (n,): log odds of bound."""
    parts = [ops.convert_to_numpy(model(x[at : at + AT_ONCE], training=False)) for at in range(0, len(x), AT_ONCE)]
    return np.concatenate(parts)[:, 0].astype(np.float64)


def fit_motif_network(model: keras.Model, train: Sequences, validation: Sequences, *, epochs: int) -> pd.DataFrame:
    """Train; afterwards the network has the weights of the epoch of least validation loss. The history, as
    fit_forecaster gives it. Taught in notebooks/10_genomics.ipynb, section 1."""
    pairs = [(rows.inputs, rows.labels.astype(np.float32)) for rows in (train, validation)]
    return fit_forecaster(model, *pairs, epochs=epochs, batch_size=BATCH, keep_best="val_loss")


def filter_matrices(model: keras.Model, rows: Sequences) -> list[Learnt]:
    """What each filter has learnt, the one that tells most first.

    A filter's matrix counts the letters where it reacts in bound sequences: at its best place on either strand, where
    its output is above half of its greatest (as Alipanahi et al., Nature Biotechnology 33:831, 2015, with a threshold).
    Filters that never react are left out. Taught in notebooks/10_genomics.ipynb, section 1.
    """
    kernel, bias = model.get_layer("filters").get_weights()
    weight = model.get_layer("log_odds").get_weights()[0][:, 0]
    x, bound, learnt = rows.inputs, rows.labels == 1, []
    for number in range(kernel.shape[2]):
        found = scan(x, kernel[:, :, number])
        output = np.maximum(found.score + bias[number], 0)
        reacts = bound & (output > REACTS * output.max())
        if reacts.any():
            sites = sites_at(x, found, len(kernel))[reacts]
            worth = weight[number] * (output[bound].mean() - output[~bound].mean())
            learnt.append(Learnt(number, sites.mean(axis=0, dtype=np.float64), int(reacts.sum()), float(worth)))
    return sorted(learnt, key=lambda one: -one.worth)


def mutate_all(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """How the score falls where one letter is changed, float64 (n, length): the mean over the three other letters.

    In-silico mutagenesis: 3 × length changed copies of each one-hot sequence (n, length, 4) are scored.
    Taught in notebooks/10_genomics.ipynb, section 1.
    """
    length, letters = x.shape[1:]
    falls = np.empty(x.shape[:2])
    every = np.arange(length)
    for row, one in enumerate(x):
        copies = np.repeat(one[np.newaxis], length * letters, axis=0).reshape(length, letters, length, letters)
        copies[every, :, every] = np.eye(letters, dtype=x.dtype)
        scores = scores_of(model, copies.reshape(-1, length, letters)).reshape(length, letters)
        falls[row] = (scores_of(model, one[np.newaxis]) - scores).sum(axis=1) / (letters - 1)
    return falls


def share_inside(falls: np.ndarray, start: np.ndarray, width: int) -> np.ndarray:
    """The share of each sequence's importance that lies inside its site, (n,): absolute falls there over all of them.

    Of importance spread evenly it would be width / length. Where nothing matters it is 0.
    Taught in notebooks/10_genomics.ipynb, section 1.
    """
    size = np.abs(falls)
    place = np.arange(falls.shape[1])
    inside = (place >= start[:, np.newaxis]) & (place < start[:, np.newaxis] + width)
    return (size * inside).sum(axis=1) / np.maximum(size.sum(axis=1), np.finfo(float).tiny)
