"""The tested code that the notebooks import.

TensorFlow reads these two settings once, when it is first imported, which the modules below do: no start-up messages
on a learner's page, and the plain CPU kernels, whose results differ less from one processor to the next.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
