"""A layout of exported rows as data: which headings it is known by, and what each of its columns is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

Names = tuple[str, ...]  # of a column, any of which it may have, as `plain` or `base` gives them


@dataclass(frozen=True)
class Way:
    """A way to write the time of a row: one column, or two, a date and a time of day. offset: the column of the minutes
    that the person's clock is ahead of UTC; with it, the time is in UTC."""

    columns: tuple[Names, ...]
    offset: Names = ()


@dataclass(frozen=True)
class Block:
    """Rows under one heading.

    known_by: columns that the heading must have. times: ways to write the time; the first that every row has counts.
    glucose: the column of the readings; instead: the one that counts where no row has a reading. unit: the column that
    names the unit of each row; else the heading or the layout does.
    kind: the column that says what a row is, readings: its words for a reading (empty: every row with a value is one),
    kinds_aside: its words for rows that hold a glucose value and are no reading, with what to call them.
    aside: columns with glucose values that are no readings, with what to call them.
    insulin, carbohydrate: columns of amounts. slow: of long-acting insulin, which is not read. subkind: the column that
    says so of a dose in the column `insulin`.
    person: the column that says whose row it is. names: the kinds of rows that hold who the person is, and value: the
    column in which they hold it; both tell people apart and are never kept.
    """

    known_by: tuple[Names, ...]
    times: tuple[Way, ...]
    glucose: Names = ()
    instead: Names = ()
    instead_called: str = ""
    unit: Names = ()
    kind: Names = ()
    readings: Names = ()
    kinds_aside: Mapping[str, str] = field(default_factory=dict)
    aside: Mapping[str, Names] = field(default_factory=dict)
    insulin: Names = ()
    carbohydrate: Names = ()
    slow: Names = ()
    subkind: Names = ()
    person: Names = (
        "subject",
        "subjectid",
        "patient",
        "patientid",
        "person",
        "personid",
        "participantid",
        "ptid",
        "userid",
        "groupid",
    )
    names: Names = ()
    value: Names = ()


@dataclass(frozen=True)
class Layout:
    """One maker's export. name: in words. unit: of values whose heading names none. limits: where its sensor says Low
    and High, mg/dL. skip: a word in the dashed line above a section whose rows are no single events."""

    name: str
    blocks: tuple[Block, ...]
    limits: tuple[int, int]
    unit: str | None = None
    skip: str = ""


@lru_cache(maxsize=4096)
def plain(heading: str) -> str:
    """A heading in small letters and digits, nothing else.

    >>> plain("Carbohydrates (grams)")
    'carbohydratesgrams'
    """
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def base(heading: str) -> str:
    """A heading as `plain` gives it, without what stands in parentheses and without a unit of glucose at its end.

    >>> base("Historic Glucose mmol/L"), base("Sensor Glucose (mg/dL)"), base("Insulin Value (u)")
    ('historicglucose', 'sensorglucose', 'insulinvalue')
    """
    return re.sub(r"(mgdl|mmoll)$", "", plain(re.sub(r"\(.*?\)", "", heading)))


def unit_in(heading: str) -> str | None:
    """The unit that a heading names, mg/dL or mmol/L, or None.

    >>> unit_in("Glucose Value (mmol/L)"), unit_in("gl")
    ('mmol/L', None)
    """
    text = plain(heading)
    return "mmol/L" if "mmol" in text else "mg/dL" if "mgdl" in text else None
