"""Networks as plain functions. Also `training` on `batches`, `floors`, `candidates`, `explain`, `frameworks`."""

from helpers.models.keras_settings import hold_keras
from helpers.models.networks import (
    build_augmentation,
    build_better_cnn,
    build_cnn,
    build_cnn_forecaster,
    build_forecaster,
    build_lstm,
)

hold_keras()
