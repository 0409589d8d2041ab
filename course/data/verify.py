"""What `course data verify` says of a data set: counts, shared patients, copies, the file, known faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from course.data.files import presence
from helpers.datasets import FETCHED, LOADERS, DataError, counts, load, record_counts
from helpers.datasets.contract import ImageDataset, SplitByPatient
from helpers.datasets.eeg import EegDataset
from helpers.datasets.genotypes import GenotypeDataset, related_pairs
from helpers.datasets.leaks import duplicate_sentences, near_duplicates, telling_features
from helpers.datasets.series import SeriesDataset
from helpers.datasets.sources.catalogue import names_of_kind, read_catalogue, remote_files, set_and_size, sized_name
from helpers.datasets.sources.download import cached_path, file_hash
from helpers.datasets.tables import TableDataset

PAIRS_SHOWN = 10


def verify(dataset: str) -> Iterator[str]:
    """Lines of text about a data set, by its name or by the path of its file.

    dataset: a name that is here (course.data.files.presence), or a path. Nothing is downloaded, and a file that is
    named after an original is read only once it is known to be that original.
    Raises DataError where a file is corrupt, or is not the original that its name promises, or where a
    patient is in two splits.
    """
    if dataset in LOADERS:
        file = "built in, nothing to compare with"
    elif set_and_size(dataset) or dataset in read_catalogue():
        file = _check_originals(dataset)
    else:
        file = ""
    if dataset in names_of_kind("physionet") and (dataset not in FETCHED or presence(dataset) != "yes"):
        yield f"{dataset}: {read_catalogue()[dataset]['title']}"
        yield _line("file", file)
        yield from (_line("mind", fault) for fault in read_catalogue()[dataset]["faults"])
        return
    data = load(dataset)
    yield f"{data.name}: {data.title} ({'simulated' if data.simulated else data.origin})"
    if isinstance(data, SplitByPatient):
        yield from counts(data).to_string(float_format="{:.1f}".format).splitlines()
        yield from _leaks(data)
        if isinstance(data, TableDataset):
            yield from _columns(data)
        yield from (
            _line("left out", f"{column}: {reason}") for column, reason in getattr(data, "left_out", {}).items()
        )
    else:
        table = record_counts(data) if isinstance(data, SeriesDataset) else data.summary()
        yield from table.reset_index().to_string(index=False, float_format="{:.3f}".format).splitlines()
    if isinstance(data, SeriesDataset):
        yield from reading_lines(data)
    if isinstance(data, EegDataset):
        yield _line("people", data.people_note)
    if isinstance(data, GenotypeDataset):
        yield from _relatives(data)
    yield _line("file", file or _compare(Path(dataset), data.name))
    yield from (_line("mind", note) for note in data.notes)


def reading_lines(data: SeriesDataset) -> Iterator[str]:
    """How a file of readings was read: layout, people, days and readings, step, unit, what was left out."""
    if data.reading:
        table = record_counts(data)
        days, readings = table["days"].sum(), table["readings"].sum()
        yield _line("people", f"{len(table)}, {days:.2f} days and {readings:,} readings in all")
        yield from (_line(head, text) for head, text in data.reading)


def _line(head: str, text: str) -> str:
    return f"{head:<9} {text}"


def _leaks(data: SplitByPatient) -> Iterator[str]:
    row = data.rows_are.removesuffix("s")
    apart = f"no {data.one_is} is in two splits"
    yield _line(f"{data.one_is}s", apart if data.patients_known else data.people_note)
    sentences = list(duplicate_sentences(data.copies, data.rows_are))
    yield from (_line("copies", text) for text in sentences or [f"no {row} is an exact copy across splits"])
    if isinstance(data, ImageDataset):
        near = near_duplicates(data)
        sentences = list(duplicate_sentences(near, data.rows_are, kind="near"))
        yield from (_line("near", text) for text in sentences or [f"no {row} is a near copy across splits"])
        yield from _pairs(near)


def _relatives(data: GenotypeDataset) -> Iterator[str]:
    yield _line("people", data.people_note)
    pairs = related_pairs(data)
    for pair in pairs.itertuples():
        yield _line("kin", f"{pair.one} and {pair.other} are as close as parent and child (kinship {pair.kinship:.2f})")
    if not len(pairs):
        yield _line("kin", "no two are as close as parent and child")


def _columns(data: TableDataset) -> Iterator[str]:
    """What a table has gaps in, and which of its features know the outcome."""
    missing, rows = data.missing().sum(), sum(len(part) for _, part in data.splits())
    for feature, gaps in missing.items():
        yield _line("missing", f"{gaps} of {rows} rows lack {feature}")
    if data.class_names:
        for one in telling_features(data).itertuples():
            yield _line("leak", f"{one.feature} tells the outcome by its {one.by} alone (AUC {one.auc:.3f})")


def _pairs(near: pd.DataFrame) -> Iterator[str]:
    """The closest of the near copies, one a line."""
    for pair in near.head(PAIRS_SHOWN).itertuples():
        conflict = "" if pair.same_label else ", the labels differ"
        yield _line("", f"{pair.split} {pair.row} and {pair.of} {pair.of_row}: {pair.distance:.3f}{conflict}")
    if len(near) > PAIRS_SHOWN:
        yield _line("", f"and {len(near) - PAIRS_SHOWN} more")


def _check_originals(dataset: str) -> str:
    """That the files of a catalogued set on this machine are the originals, in words; DataError where one is not."""
    files = remote_files(dataset)
    found = [(file, path) for file in files if (path := cached_path(file.name)) is not None]
    for file, path in found:
        algorithm, known = file.known_hash.split(":")
        its_own = file_hash(path, algorithm)
        if its_own != known:
            raise DataError(
                str(path),
                expected=f"the original, whose {algorithm.upper()} is {known}",
                found=f"a file whose {algorithm.upper()} is {its_own}",
                todo="Delete it and fetch it again, or verify it by its path as a file of your own.",
            )
    if len(files) == 1:
        return f"same as the original ({algorithm.upper()} {known})"
    return f"{len(found)} of {len(files)} files are here, each the same as the original"


def _compare(path: Path, name: str) -> str:
    """How a file that was given by its path compares with the originals of the catalogue.

    name: of the data set that its content was recognised as.
    """
    found = file_hash(path, "md5")
    originals = {
        sized_name(known, size): md5
        for known in names_of_kind("medmnist")
        for size, md5 in read_catalogue()[known]["md5"].items()
    }
    if found in originals.values():
        return f"same as the original of {name} (MD5 {found})"
    if name in originals:
        return (
            f"differs from the original of {name}: MD5 {found} instead of {originals[name]}; the images and labels are "
            "the same, in another order"
        )
    namesake = [known for known in originals if remote_files(known)[0].name == path.name]
    if namesake:
        return f"differs from the original of {namesake[0]} in content: MD5 {found} instead of {originals[namesake[0]]}"
    return f"unknown to the catalogue, nothing to compare with (MD5 {found})"
