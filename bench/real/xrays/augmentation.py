"""Random changes to a batch of X-rays, in few TensorFlow operations; drawn anew for every image, but mixup's share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from bench.real.xrays.recipe import Recipe

CLASSES = 2
PER_IMAGE = (1, 1, 1)


def augmenter(recipe: Recipe) -> Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
    """What makes training pairs: images (n, side, side, 1) from 0 to 255 and labels (n,) in, images from 0 to 1 and
    shares of the classes (n, 2) out."""

    def augment(images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        images = tf.cast(images, tf.float32) / 255
        images = hidden(exposed(moved(images, recipe), recipe), recipe)
        shares = tf.one_hot(labels, CLASSES) * (1 - recipe.smoothing) + recipe.smoothing / CLASSES
        if recipe.mixup:
            share = tf.random.uniform([], 0, recipe.mixup)
            images, shares = ((1 - share) * x + share * tf.reverse(x, [0]) for x in (images, shares))
        return images, shares

    return augment


def _uniform(images: tf.Tensor, limit: float, shape: tuple[int, ...] = ()) -> tf.Tensor:
    """A number from -limit to limit for each image: (n, *shape)."""
    return tf.random.uniform([tf.shape(images)[0], *shape], -limit, limit)


def moved(images: tf.Tensor, recipe: Recipe) -> tf.Tensor:
    """Shifted, turned, enlarged and perhaps mirrored around the middle; edges go on with the nearest pixel."""
    side = images.shape[1]
    middle = (side - 1) / 2
    angle = _uniform(images, 2 * np.pi * recipe.turn)
    wide, high = 1 + _uniform(images, recipe.zoom), 1 + _uniform(images, recipe.zoom)
    if recipe.flip:
        wide *= tf.sign(_uniform(images, 1.0))
    right, down = _uniform(images, recipe.shift * side), _uniform(images, recipe.shift * side)
    a, b, c, d = wide * tf.cos(angle), -high * tf.sin(angle), wide * tf.sin(angle), high * tf.cos(angle)
    nothing = tf.zeros_like(a)
    rows = [a, b, middle * (1 - a - b) + right, c, d, middle * (1 - c - d) + down, nothing, nothing]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack(rows, axis=1),
        output_shape=[side, side],
        interpolation="BILINEAR",
        fill_mode="NEAREST",
        fill_value=0.0,
    )


def exposed(images: tf.Tensor, recipe: Recipe) -> tf.Tensor:
    """As another machine would have shown them; values stay between 0 and 1."""
    if recipe.blur:
        line = tf.constant([1.0, 2.0, 1.0]) / 4
        soft = tf.nn.conv2d(images, (line[:, None] * line)[:, :, None, None], 1, "SAME")
        images = tf.clip_by_value(images + _uniform(images, recipe.blur, PER_IMAGE) * (soft - images), 0, 1)
    if recipe.gamma:
        images = tf.pow(tf.maximum(images, 1e-4), tf.exp(_uniform(images, recipe.gamma, PER_IMAGE)))
    if recipe.ramp:
        across = tf.linspace(-1.0, 1.0, images.shape[1])
        slopes = [_uniform(images, recipe.ramp, PER_IMAGE) for _ in range(2)]
        images *= 1 + slopes[0] * across[:, None] + slopes[1] * across[:, None, None]
    mean = tf.reduce_mean(images, [1, 2, 3], keepdims=True)
    images = (images - mean) * (1 + _uniform(images, recipe.contrast, PER_IMAGE)) + mean
    images += _uniform(images, recipe.brightness, PER_IMAGE)
    if recipe.noise:
        images += tf.random.normal(tf.shape(images)) * tf.abs(_uniform(images, recipe.noise, PER_IMAGE))
    return tf.clip_by_value(images, 0, 1)


def hidden(images: tf.Tensor, recipe: Recipe) -> tf.Tensor:
    """With a square of the image's mean at a random place."""
    if not recipe.hole:
        return images
    side = images.shape[1]
    place, pixels = tf.range(side, dtype=tf.float32), []
    for _ in range(2):
        centre = tf.random.uniform([tf.shape(images)[0], 1], 0, side)
        pixels.append(tf.cast(tf.abs(place - centre) < recipe.hole / 2, tf.float32))
    square = (pixels[0][:, :, None] * pixels[1][:, None, :])[..., None]
    return images * (1 - square) + square * tf.reduce_mean(images, [1, 2, 3], keepdims=True)
