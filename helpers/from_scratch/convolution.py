"""What the library's layers compute, in NumPy that can be read: convolution, pooling, dense, softmax, loss.

One image at a time, loops where a loop says most. The notebooks print these functions and show that Keras agrees.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def cross_correlate(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1) -> np.ndarray:
    """Slide kernels over an image: y[i, j, k] = b[k] + sum over u, v, c of x[s i + u, s j + v, c] w[u, v, c, k].

    x: image, shape (height, width, channels). w: kernels, shape (kernel height, kernel width, channels, kernels).
    b: biases, shape (kernels,). stride s: pixels from one position to the next. No padding ("valid").
    Returns shape ((height - kernel height) // stride + 1, (width - kernel width) // stride + 1, kernels).

    Taught in notebooks/02_cnn_imaging.ipynb, section 2.2.
    """
    size_u, size_v, _, kernels = w.shape
    rows = (x.shape[0] - size_u) // stride + 1
    columns = (x.shape[1] - size_v) // stride + 1
    y = np.empty((rows, columns, kernels))
    for i in range(rows):
        for j in range(columns):
            patch = x[i * stride : i * stride + size_u, j * stride : j * stride + size_v, :]
            y[i, j] = b + np.tensordot(patch, w, axes=3)
    return y


def convolve(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1) -> np.ndarray:
    """True convolution: the kernel is turned by 180 degrees before it slides. Shapes as in `cross_correlate`.

    Taught in notebooks/02_cnn_imaging.ipynb, section 2.2.
    """
    return cross_correlate(x, w[::-1, ::-1], b, stride)


def pad(x: np.ndarray, border: int) -> np.ndarray:
    """The image x of shape (height, width, channels) with a border of zeros, so many pixels on each side.

    Taught in notebooks/02_cnn_imaging.ipynb, section 2.4.
    """
    return np.pad(x, ((border, border), (border, border), (0, 0)))


def relu(z: np.ndarray) -> np.ndarray:
    """Negative values become zero: max(z, 0), any shape.

    Taught in notebooks/02_cnn_imaging.ipynb, section 3.1.
    """
    return np.maximum(z, 0)


def max_pool(x: np.ndarray, size: int = 2) -> np.ndarray:
    """The largest value of each block of size × size pixels; rows and columns left over at the edge are dropped.

    x: shape (height, width, channels). Returns shape (height // size, width // size, channels).

    Taught in notebooks/02_cnn_imaging.ipynb, section 3.1.
    """
    rows, columns = x.shape[0] // size, x.shape[1] // size
    blocks = x[: rows * size, : columns * size].reshape(rows, size, columns, size, x.shape[2])
    return blocks.max(axis=(1, 3))


def dense(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Weighted sums: z = x w + b with x of shape (inputs,), w (inputs, outputs), b (outputs,).

    Taught in notebooks/02_cnn_imaging.ipynb, section 3.2.
    """
    return x @ w + b


def softmax(z: np.ndarray) -> np.ndarray:
    """Probabilities from scores: p[k] = exp(z[k]) / sum over m of exp(z[m]), along the last axis.

    The largest score is taken off first, which changes nothing but keeps exp from overflowing.

    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])

    Taught in notebooks/02_cnn_imaging.ipynb, section 3.2.
    """
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(p: np.ndarray, labels: np.ndarray) -> float:
    """Mean of -log p[i, y_i] over the images: p of shape (n, classes), labels (n,) whole numbers.

    Taught in notebooks/02_cnn_imaging.ipynb, section 3.3.
    """
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """Pixels of the input, along one side, that one output value sees, through layers of (kernel size, stride).

    Each layer widens the field by (size - 1) times the product of the strides before it.

    >>> receptive_field([(3, 1), (3, 1)])
    5

    Taught in notebooks/02_cnn_imaging.ipynb, section 2.5.
    """
    field, step = 1, 1
    for size, stride in layers:
        field += (size - 1) * step
        step *= stride
    return field
