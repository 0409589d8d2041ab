"""Keras as every notebook of the course expects it, whatever the user's ~/.keras/keras.json says."""

from __future__ import annotations

import os

import keras

from helpers.base.errors import CourseError

# Keras' own defaults, by the keys of that file
EXPECTED = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


def hold_keras():
    """Set Keras to EXPECTED, for this process alone.

    Raises CourseError where Keras runs on another library than it should: it was imported before the helpers were.
    """
    wanted = os.environ["KERAS_BACKEND"]  # as helpers/__init__.py has it
    if keras.config.backend() != wanted:
        raise CourseError(
            f"The course runs Keras on {wanted}, and here it runs on {keras.config.backend()}: it was imported before "
            "the course's helpers. Restart the kernel and run the notebook's first cell first."
        )
    keras.config.set_floatx(EXPECTED["floatx"])
    keras.config.set_epsilon(EXPECTED["epsilon"])
    keras.config.set_image_data_format(EXPECTED["image_data_format"])
