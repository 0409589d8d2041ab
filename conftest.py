"""Settings of the whole suite: kernels stay offline, nbval skips what differs between machines, workers share well."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from helpers.notebook.claims import CLAIMS_MIME, RESULT_MIME
from helpers.notebook.facts import FACT_MIME
from helpers.notebook.index import find_notebooks

COURSE = [path.stem for path in find_notebooks()]
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
    """nbval compares all outputs but pictures; a number beside the text may differ between processors."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += (RESULT_MIME, FACT_MIME, CLAIMS_MIME)


def executed_notebook(test: str) -> str | None:
    """The notebook of the course that a test executes, by the test's id: it names NN_NAME, or stands in test_NAME.py.

    nbval's own tests, which execute a notebook cell by cell, are not meant.
    """
    file, _, name = test.partition("::")
    return next((stem for stem in COURSE if stem in name or file == f"tests/notebooks/test_{stem[3:]}.py"), None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """All that executes one notebook goes to one worker, which runs its smoke profile once; else whole files do.

    Not by xdist_group marks: with pytest 9.2, `--dist loadgroup` passes them over (pytest-dev/pytest-xdist#1386), and
    before, it wrote the group into each test's id, which `pytest --lf` then did not find.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByNotebook(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return executed_notebook(nodeid) or super()._split_scope(nodeid)

    return ByNotebook(config, log)


@pytest.hookimpl(tryfirst=True)  # before pytest picks tests by their marks
def pytest_collection_modifyitems(items):
    """What executes notebooks takes the longest, so it comes first, from the last notebook of the course on.

    What executes one with other values than its smoke profile's is left to `make thorough`.
    """
    for item in items:
        if "run_with" in getattr(item, "fixturenames", ()):
            item.add_marker("thorough")
        if notebook := executed_notebook(item.nodeid):
            item.user_properties.append(("notebook", notebook))  # for `make bench`, which says where the time goes

    def turn(item):
        notebook = executed_notebook(item.nodeid)
        return (0, -COURSE.index(notebook)) if notebook else (1 if item.path.suffix == ".ipynb" else 2, 0)

    items.sort(key=turn)
