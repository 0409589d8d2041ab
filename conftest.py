"""Settings of the whole suite: kernels stay offline, and nbval skips what differs between machines."""

import os
import shutil
import tempfile
from pathlib import Path

from helpers.claims import RESULT_MIME

KERNEL_PROFILE = Path(__file__).parent / "tests" / "ipython"
collect_ignore = ["tests/ipython"]  # runs inside kernels, not inside pytest


def pytest_configure(config):
    """Kernels start with the profile in tests/ipython, in a copy that IPython may write to, and with an empty cache."""
    folder = Path(tempfile.mkdtemp(prefix="course-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(folder))
    shutil.copytree(KERNEL_PROFILE, folder / "ipython")
    os.environ["IPYTHONDIR"] = str(folder / "ipython")
    os.environ["COURSE_CACHE_DIR"] = str(folder / "cache")


def pytest_collectstart(collector):
    """nbval compares all outputs but pictures; a recorded number may differ between processors, so claims hold it."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += (RESULT_MIME,)
