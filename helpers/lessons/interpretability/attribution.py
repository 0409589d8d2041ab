"""Maps of what a network's score hangs on, pixel by pixel: each method in a few lines, on any Keras model.

In earnest use Captum (PyTorch) or shap; the lines stand here so that they can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf
from scipy import ndimage

from helpers.models import explain

BATCH = 64  # images at a time: the activations of more would fill the memory of a small machine
NOISE = 15.0  # grey values: standard deviation of SmoothGrad's noise, .06 of the range (the paper tries .1 to .2)
COPIES = 8  # noisy copies of an image for SmoothGrad
STEPS = 16  # points of the path of integrated gradients
PATCH, STRIDE = 6, 3  # pixels: side of the square that occlusion covers, and how far it moves


class ClassScore:
    """The log-odds of one class, log p - log(1 - p), as a function of images, with its gradient.

    model: a Keras model (Sequential or Functional) from images (n, height, width, channels) to probabilities
    (n, classes). class_index: which of them. It reads the weights when it is called: give the model others, and it
    speaks of those.

    Taught in notebooks/07_interpretability.ipynb, section 1.2.
    """

    def __init__(self, model: keras.Model, class_index: int):
        self.model, self.class_index = model, class_index
        signature = [tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)]
        self._compiled = tf.function(self._log_odds, input_signature=signature)
        self._compiled_gradient = tf.function(self._slope, input_signature=signature)

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """The scores of images (n, height, width, channels), grey values 0 to 255: shape (n,)."""
        return _in_batches(self._compiled, images)

    def gradient(self, images: np.ndarray) -> np.ndarray:
        """How fast each score rises with each grey value: the shape of the images."""
        return _in_batches(self._compiled_gradient, images)

    def _log_odds(self, images):
        return explain.log_odds(self.model(images, training=False), self.class_index)

    def _slope(self, images):
        with tf.GradientTape() as tape:
            tape.watch(images)
            score = self._log_odds(images)
        return tape.gradient(score, images)


def _in_batches(function: Callable, images: np.ndarray) -> np.ndarray:
    batches = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
    return np.concatenate([function(tf.cast(batch, tf.float32)).numpy() for batch in batches])


def gradient_map(score: ClassScore, images: np.ndarray) -> np.ndarray:
    """The size of the gradient, the largest over the channels: shape (n, height, width) (Simonyan et al., 2013)."""
    return np.abs(score.gradient(images)).max(axis=3)


def signed_gradient(score: ClassScore, images: np.ndarray) -> np.ndarray:
    """The gradient with its signs, summed over the channels: shape (n, height, width)."""
    return score.gradient(images).sum(axis=3)


def smooth_gradient(score: ClassScore, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """SmoothGrad: the size of the mean gradient of COPIES noisy copies: (n, height, width) (Smilkov et al., 2017)."""
    noisy = (score.gradient(images + rng.normal(0, NOISE, images.shape)) for _ in range(COPIES))
    return np.abs(sum(noisy) / COPIES).max(axis=3)


def integrated_gradients(
    score: ClassScore, images: np.ndarray, baseline: np.ndarray | float, steps: int = STEPS
) -> np.ndarray:
    """Integrated gradients, signed, summed over the channels: shape (n, height, width) (Sundararajan et al., 2017).

    baseline: an image (height, width, channels) or one grey value, from which a straight path leads to each image; its
    integral is taken at the midpoints of `steps` equal parts. Over an image the values add up to its score minus that
    of the baseline, up to the error of the integral.

    Taught in notebooks/07_interpretability.ipynb, section 1.3.
    """
    away = images - np.asarray(baseline, np.float32)
    places = (np.arange(steps) + 0.5) / steps
    mean_gradient = sum(score.gradient(baseline + place * away) for place in places) / steps
    return (away * mean_gradient).sum(axis=3)


def occlusion(
    score: ClassScore, images: np.ndarray, baseline: np.ndarray | float, *, side: int = PATCH, stride: int = STRIDE
) -> np.ndarray:
    """How much the score falls when a square is covered, at each pixel the mean over the squares that hold it.

    baseline: what the square shows instead, as in `integrated_gradients`. side, stride: of the square and of its steps,
    in pixels; the last square of a row ends at the border. Returns shape (n, height, width) (Zeiler and Fergus, 2014).

    Taught in notebooks/07_interpretability.ipynb, section 1.4.
    """
    fall, covered = np.zeros(images.shape[:3]), np.zeros(images.shape[1:3])
    instead = np.broadcast_to(np.asarray(baseline, np.float32), images.shape)
    whole = score(images)
    rows, columns = (sorted({*range(0, length - side, stride), length - side}) for length in images.shape[1:3])
    for row in rows:
        for column in columns:
            square = np.s_[:, row : row + side, column : column + side]
            patched = images.astype(np.float32)
            patched[square] = instead[square]
            fall[square] += (whole - score(patched))[:, None, None]
            covered[square[1:]] += 1
    return fall / covered


@tf.custom_gradient
def _guided_relu(inputs):
    outputs = tf.nn.relu(inputs)
    return outputs, lambda upstream: tf.nn.relu(upstream) * tf.cast(outputs > 0, upstream.dtype)


def guided(model: keras.Model) -> keras.Model:
    """A copy of a model whose ReLU lets only positive gradients pass on the way back (Springenberg et al., 2015).

    The copy answers as the model does; weights that the model gets later are not the copy's. Activations inside
    convolution and dense layers and layers of type ReLU are replaced.

    Taught in notebooks/07_interpretability.ipynb, section 1.4.
    """

    def copied(layer: keras.Layer) -> keras.Layer:
        if isinstance(layer, keras.layers.ReLU):
            return keras.layers.Activation(_guided_relu, name=layer.name)
        twin = layer.__class__.from_config(layer.get_config())
        if getattr(twin, "activation", None) is keras.activations.relu:
            twin.activation = _guided_relu
        return twin

    twin = keras.models.clone_model(model, clone_function=copied)
    twin.set_weights(model.get_weights())
    return twin


class Maps:
    """All methods on one network: call it with images, and it returns the maps by name, each (n, height, width).

    model, class_index: as in ClassScore. layer: the convolution that Grad-CAM and HiResCAM read. baseline: what
    integrated gradients start from and occlusion puts in, an image (height, width, channels). The model may get other
    weights between calls: no graph is built anew.

    Taught in notebooks/07_interpretability.ipynb, section 1.4.
    """

    def __init__(self, model: keras.Model, class_index: int, *, layer: str, baseline: np.ndarray, seed: int = 1):
        self.score, self._guided = ClassScore(model, class_index), ClassScore(guided(model), class_index)
        self.baseline, self._layer, self._seed = baseline.astype(np.float32), layer, seed
        self._methods = {
            "gradient": lambda images: gradient_map(self.score, images),
            "SmoothGrad": lambda images: smooth_gradient(self.score, images, np.random.default_rng(self._seed)),
            "integrated gradients": lambda images: integrated_gradients(self.score, images, self.baseline),
            "occlusion": lambda images: occlusion(self.score, images, self.baseline),
            "guided back-propagation": self._guided_map,
            "Grad-CAM": lambda images: self._cam(images, per_position=False),
            "HiResCAM": lambda images: self._cam(images, per_position=True),
        }
        self._more = {"signed gradient": lambda images: signed_gradient(self.score, images)}

    @property
    def names(self) -> tuple[str, ...]:
        """The methods, in the order of the text."""
        return tuple(self._methods)

    def __call__(self, images: np.ndarray, names: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
        """The maps by method, of all of them where no names are given; images (n, height, width, channels).

        By its name alone: "signed gradient", whose size is the first.
        """
        methods = self._methods | self._more
        return {name: methods[name](images) for name in names or self.names}

    def _guided_map(self, images):
        self._guided.model.set_weights(self.score.model.get_weights())
        return gradient_map(self._guided, images)

    def _cam(self, images, *, per_position):
        return explain.grad_cam(
            self.score.model, images, self.score.class_index, self._layer, per_position=per_position
        )


def without_network(images: np.ndarray, baseline: np.ndarray, rng: np.random.Generator) -> Mapping[str, np.ndarray]:
    """Maps that no network had a part in, floors for those that one had: shape (n, height, width) each.

    "random": noise; "edges": Sobel's edge detector; "minus mean healthy": how much brighter than the
    baseline, the mean healthy image.

    Taught in notebooks/07_interpretability.ipynb, section 2.1.
    """
    grey = images.astype(np.float32).mean(axis=3)
    slopes = (ndimage.sobel(grey, axis=axis) for axis in (1, 2))
    return {
        "random": rng.uniform(size=grey.shape),
        "edges": np.hypot(*slopes),
        "minus mean healthy": grey - baseline.mean(axis=2),
    }
