"""The tested code that the notebooks import.

TensorFlow and Keras read these settings once, when they are first imported, which the modules below do: no start-up
messages on a learner's page, the plain CPU kernels, whose results differ less from one processor to the next, and
Keras on TensorFlow, whatever else the user's settings name (COURSE_KERAS_BACKEND is for helpers.models.frameworks).
"""

import os

KERAS_BACKEND_GIVEN = os.environ.get("KERAS_BACKEND", "")  # the user's own, which `course doctor` tells

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ["KERAS_BACKEND"] = os.environ.get("COURSE_KERAS_BACKEND", "tensorflow")
