"""Whether a person watches: progress bars and sliders appear for people, and for nobody else."""

from __future__ import annotations

import os


def watched() -> bool:
    """Whether a person watches: the Jupyter server sets this variable for its kernels, nbval and papermill do not."""
    return "JPY_SESSION_NAME" in os.environ
