"""What a trained network reacts to: feature maps layer by layer, and Grad-CAM heat maps."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from keras import Layer, Model

BATCH = 32  # images at a time: the activations of a whole split would fill the memory of a small machine


def feature_maps(model: Model, image: np.ndarray, layer: str) -> np.ndarray:
    """The output of one layer for one image.

    image: uint8, shape (height, width, channels). layer: the layer's name.
    Returns an array of shape (height', width', filters) for a convolution or pooling layer.

    Taught in notebooks/02_cnn_imaging.ipynb, section 6.2.
    """
    probe = Model(model.inputs[0], model.get_layer(layer).output)
    return np.asarray(probe(image[np.newaxis], training=False))[0]


def grad_cam(
    model: Model, images: np.ndarray, class_index: int, layer: str, *, per_position: bool = False
) -> np.ndarray:
    """Where the evidence for one class lies, after Selvaraju et al. (ICCV 2017).

    The class score s is followed back to the activations A of a convolution layer. Each of its filters k gets the
    weight a_k = mean over positions of ds / dA_k; the map is max(sum over k of a_k A_k, 0), laid over the image: each
    value at the middle of the pixels that it was computed from.
    The score is the logarithm of the odds of the softmax output p, log p - log(1 - p) with 1 - p summed from the other
    classes. Its map is that of log p, but it keeps its gradient where p is rounded to 1.

    images: uint8, shape (n, height, width, channels). class_index: an output of the model.
    layer: name of a layer with an output of shape (n, height', width', filters).
    per_position: leave the mean over positions out, and weigh each activation by its own gradient: HiResCAM (Draelos
    and Carin, arXiv 2011.08891, 2020). Where a layer behind gives every position its own weights, only this adds up
    to the score.
    Returns float32 of shape (n, height, width), each map scaled to a maximum of 1 (all zeros where nothing speaks
    for the class).

    Taught in notebooks/02_cnn_imaging.ipynb, section 6.3.
    """
    probe = Model(model.inputs[0], [model.get_layer(layer).output, model.outputs[0]])
    laid_over = [_laid_over(model, layer, axis) for axis in (1, 2)]
    batches = np.split(images, range(BATCH, len(images), BATCH))
    return np.concatenate([_grad_cam(probe, batch, class_index, laid_over, per_position) for batch in batches])


def middles(model: Model, layer: str, axis: int) -> tuple[float, float, int]:
    """Where a layer's windows lie on the image: the middle of the first, their distance, in pixels, and their number.

    model: a chain of layers, as Sequential makes. axis: 1 for rows, 2 for columns. Without padding the middles of the
    outermost windows lie inside the image, and a map that was spread over all of it would be too large. Arithmetic:
    Dumoulin and Visin, arXiv 1603.07285 (2016).
    """
    first, distance, number = 0.0, 1.0, model.input_shape[axis]
    for step in model.layers:
        width = getattr(step, "kernel_size", None) or getattr(step, "pool_size", None)
        if width:
            width, stride = width[axis - 1], step.strides[axis - 1]
            if step.padding == "same":
                after = -(-number // stride)
                before = max((after - 1) * stride + width - number, 0) // 2
            else:
                after, before = (number - width) // stride + 1, 0
            first += ((width - 1) / 2 - before) * distance
            distance, number = distance * stride, after
        if step.name == layer:
            break
    return first, distance, number


def _laid_over(model: Model, layer: str, axis: int) -> np.ndarray:
    """How much each value along one axis of a layer's map says for each pixel: shape (pixels, values).

    Between two middles linear; to the edge of the outermost windows' own share the last value; beyond it 0.
    """
    first, distance, number = middles(model, layer, axis)
    place = (np.arange(model.input_shape[axis], dtype=np.float32)[:, None] - first) / distance
    inside = np.abs(place - (number - 1) / 2) <= number / 2
    near = np.clip(place, 0, number - 1) - np.arange(number, dtype=np.float32)
    return (inside * np.maximum(1 - np.abs(near), 0)).astype(np.float32)


def _grad_cam(
    probe: Model, images: np.ndarray, class_index: int, laid_over: list[np.ndarray], per_position: bool
) -> np.ndarray:
    """The heat maps of one batch; probe gives the activations and the probabilities."""
    inputs = tf.cast(images, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(inputs)  # so that the tape records the way to the scores also where all weights are frozen
        activations, probabilities = probe(inputs, training=False)
        score = log_odds(probabilities, class_index)
    weights = tape.gradient(score, activations)
    if not per_position:
        weights = tf.reduce_mean(weights, axis=(1, 2), keepdims=True)
    maps = tf.nn.relu(tf.reduce_sum(weights * activations, axis=3))
    maps = tf.einsum("ri,nij,cj->nrc", laid_over[0], maps, laid_over[1])
    largest = tf.reduce_max(maps, axis=(1, 2), keepdims=True)
    return np.asarray(tf.math.divide_no_nan(maps, largest))


def log_odds(probabilities: tf.Tensor, class_index: int) -> tf.Tensor:
    """The score that maps explain: log p - log(1 - p) of one class, 1 - p summed from the others.

    probabilities: shape (n, classes). Returns shape (n,), with a gradient also where p is rounded to 1.
    """
    own = tf.one_hot(class_index, probabilities.shape[1])
    odds = [tf.reduce_sum(probabilities * share, axis=1) + 1e-30 for share in (own, 1 - own)]
    return tf.math.log(odds[0]) - tf.math.log(odds[1])


def hits(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Whether each map's brightest pixel lies in the lesion (the "pointing game" of Zhang et al., IJCV 2018).

    maps: shape (n, height, width). masks: bool, same shape, none of them empty.
    Returns bool of shape (n,). A map that is the same everywhere points nowhere and hits nothing.

    Taught in notebooks/02_cnn_imaging.ipynb, section 6.3.
    """
    if not masks.any(axis=(1, 2)).all():
        raise ValueError("hits needs a lesion in every mask; pass diseased images only")
    flat = maps.reshape(len(maps), -1)
    return masks.reshape(len(maps), -1)[np.arange(len(maps)), flat.argmax(axis=1)] & (np.ptp(flat, axis=1) > 0)


def hits_without_looking(known: np.ndarray, masks: np.ndarray) -> dict[str, np.ndarray]:
    """What the pointing game gives to who never looks at the image: the floors under `hits`.

    known: masks of training images, bool (m, height, width). masks: those that are played for, bool (n, height, width).
    Returns shape (n,) each: "at random", the chance that a pixel drawn at random lies in the lesion, and "always one
    place", whether the pixel does that lies in most of the known lesions (the first of them where several tie).

    Taught in notebooks/02_cnn_imaging.ipynb, section 6.3.
    """
    row, column = np.unravel_index(known.sum(axis=0).argmax(), known.shape[1:])
    return {"at random": masks.mean(axis=(1, 2)), "always one place": masks[:, row, column]}


def gradient_by_distance(layer: Layer, inputs: np.ndarray) -> np.ndarray:
    """How much the last state of a recurrent layer depends on each input, by how many steps back that lies.

    inputs: (n, steps, features). Returns (steps,), the last input first: the length of the gradient of the sum of all
    units of the last state with respect to the input of that step, averaged over the n sequences.

    Taught in notebooks/03_rnn_forecasting.ipynb, section 2.3.
    """
    x = tf.constant(inputs, dtype=tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        last = tf.reduce_sum(layer(x))
    return np.linalg.norm(tape.gradient(last, x), axis=2).mean(axis=0)[::-1]
