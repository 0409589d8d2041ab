"""Peak memory of a kernel, notebook by notebook, and how many kernels fit into 2 GB.

As `course room` counts it (course.run.room): what processes share counts once, divided among them, and a learner's
JupyterLab comes on top. How many fit is computed: what two at once take more than one is what each further one takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.measuring import Row
from course.run.room import Room
from course.run.room import measure as measure_room
from helpers.notebook.index import find_notebook, find_notebooks

DEFAULT = {"notebooks": (), "profile": "smoke", "repeats": 1}
QUICK = {"notebooks": ("01",), "profile": "smoke", "repeats": 1}
ROOM_MB = 2000


def measure(*, notebooks: Sequence[str], profile: str, repeats: int) -> Iterator[Row]:
    """Megabytes of each notebook's kernel (all notebooks where none is named), and the kernels of the hungriest."""
    hungriest, most = None, 0.0
    for notebook in [find_notebook(name) for name in notebooks] or find_notebooks():
        alone = [_room(notebook, profile, 1) for _ in range(repeats)]
        yield Row(f"{notebook.stem}, {profile}: peak of the kernel", "MB", tuple(room.largest_mb for room in alone))
        if (peak := max(room.largest_mb for room in alone)) > most:
            hungriest, most = notebook, peak
    two = _room(hungriest, profile, 2)
    what = f"{hungriest.stem}, {profile}: two kernels at once"
    yield Row(what, "MB", (two.together_mb,))
    note = f"computed: {most:.0f} MB and {two.together_mb - most:.0f} MB for each further one"
    yield Row(f"kernels of {hungriest.stem} in 2 GB", "kernels", (float(kernels_in(most, two.together_mb)),), note)


def kernels_in(one_mb: float, two_mb: float, room_mb: float = ROOM_MB) -> int:
    """How many kernels fit, where one and two at once take so much. Raises RuntimeError where two take no more.

    >>> kernels_in(500, 900), kernels_in(2500, 5000)
    (4, 0)
    """
    if two_mb <= one_mb:
        raise RuntimeError(f"two kernels at once took {two_mb:.0f} MB, and one alone {one_mb:.0f} MB: measure again")
    return 0 if one_mb > room_mb else 1 + int((room_mb - one_mb) // (two_mb - one_mb))


def _room(notebook, profile: str, learners: int) -> Room:
    room = measure_room(notebook, profile, learners)
    if room.failed:
        raise RuntimeError(f"{notebook.name}: {room}")
    return room
