"""Which data sets there are, which of them are on this machine, and fetching those that are not."""

from __future__ import annotations

from course.data.cards import card, size, task
from helpers.base.paths import cache_folder
from helpers.datasets import LOADERS, dataset_names
from helpers.datasets.sources.catalogue import read_catalogue, remote_files, set_and_size
from helpers.datasets.sources.download import cached_path, fetch
from helpers.notebook.index import course_metadata, sound_notebooks


def all_names() -> list[str]:
    """Every data set that a card is about: those that need no download first, then the catalogue's."""
    return [*LOADERS, *read_catalogue()]


def known_name(text: str) -> bool:
    """Whether this is a data set: one of all_names(), or a catalogued one with a size behind it."""
    return text in all_names() or set_and_size(text) is not None


def presence(name: str) -> str:
    """How a known data set is on this machine: "built in", "yes", "no", or so many of its files.

    Whether the files are whole, `course data verify` says. Raises DataError where $COURSE_DATA_DIR names no folder.
    """
    if name in LOADERS:
        return "built in"
    files = [cached_path(file.name) for file in remote_files(name)]
    found = sum(path is not None for path in files)
    return "yes" if found == len(files) else f"{found} of {len(files)} files" if found else "no"


def here() -> list[str]:
    """The names of all_names() of which at least one file is on this machine, or none is needed."""
    return [name for name in all_names() if presence(name) != "no"]


def core_names() -> list[str]:
    """The data sets that the course's notebooks name in their metadata, in the order of all_names().

    Those of a notebook that cannot be run are left out.
    """
    notebooks, _ = sound_notebooks()
    named = {name for notebook in notebooks for name in course_metadata(notebook).get("datasets", [])}
    return [name for name in all_names() if name in named]


def overview() -> list[dict]:
    """One row per data set: name, title, task, size, licence, origin, and how it is here, all in words.

    download: megabytes to fetch, at most, or None where nothing is fetched. loads: whether `load` takes the name.
    """
    rows = []
    for name in all_names():
        facts = card(name)
        built_in = name in LOADERS
        rows.append(
            {
                "name": name,
                "title": facts["title"],
                "task": task(facts),
                "size": size(facts),
                "licence": facts["licence"].split(";")[0],
                "origin": "simulated" if facts["simulated"] else "real",
                "here": presence(name),
                "download": None if built_in else round(sum(file.largest for file in remote_files(name)) / 1e6, 1),
                "loads": name in dataset_names(),
                "citation": facts["citation"],
                "faults": facts.get("faults", []),
            }
        )
    return rows


def fetch_files(name: str) -> str:
    """Fetch and verify the files of a known data set that are not here; returns where they are, in words.

    Raises DataError where a file cannot be fetched.
    """
    if name in LOADERS:
        return "built in, nothing to fetch"
    paths = [fetch(file.name, file.addresses, file.known_hash, largest=file.largest) for file in remote_files(name)]
    if len(paths) == 1:
        return f"verified, {paths[0]}"
    return f"{len(paths)} files verified, {cache_folder() / name}"
