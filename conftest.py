"""Settings of the whole suite: kernels stay offline, and nbval skips what differs between machines."""

import os
import shutil
import tempfile
from pathlib import Path

from helpers.claims import RESULT_MIME

KERNEL_PROFILE = Path(__file__).parent / "tests" / "ipython"
collect_ignore = ["tests/ipython"]  # runs inside kernels, not inside pytest


def pytest_configure(config):
    """Every kernel of this session starts with the profile in tests/ipython, in a copy that IPython may write to."""
    folder = tempfile.mkdtemp(prefix="course-ipython-")
    config.add_cleanup(lambda: shutil.rmtree(folder))
    shutil.copytree(KERNEL_PROFILE, folder, dirs_exist_ok=True)
    os.environ["IPYTHONDIR"] = folder


def pytest_collectstart(collector):
    """nbval compares all outputs but pictures; a recorded number may differ between processors, so claims hold it."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += (RESULT_MIME,)
