"""The notebooks in another language: Markdown beside the code cells, so that code and outputs exist once.

translations/LANGUAGE/NOTEBOOK.md holds one block for each Markdown cell of the notebook. A block begins with the line
`<!-- cell ID of HASH -->`: the cell's id, and the hash of the English text that was translated. The translation of the
whole cell follows, up to the next such line. A cell whose English has changed since is *behind*, one without a block is
*missing* and stays English; the notebook says at its top how many cells these are.
"""

from __future__ import annotations

import hashlib
import re
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.base.errors import CourseError, RequestError
from helpers.base.paths import ROOT

TRANSLATIONS = ROOT / "translations"
STAMPS = {
    "zh": "> 此译文落后原文 {count} 个单元格。"
}  # of each language there is: what says that a translation is behind
HASH_LENGTH = 8  # hexadecimal digits
_MARK = re.compile(rf"^<!-- cell (\S+) of ([0-9a-f]{{{HASH_LENGTH}}}) -->$", re.MULTILINE)


class TranslationError(CourseError, ValueError):
    """A file of translations that cannot be read."""


@dataclass(frozen=True)
class Block:
    """The translation of one cell: of which English text, by its hash, and how it reads."""

    of: str
    text: str


@dataclass(frozen=True)
class Translation:
    """A notebook with the blocks of its translation, by the ids of the cells."""

    english: NotebookNode
    blocks: dict[str, Block]
    language: str

    @cached_property
    def cells(self) -> dict[str, str]:
        """The English text of each Markdown cell by its id, in reading order."""
        return {cell.id: cell.source for cell in self.english.cells if cell.cell_type == "markdown"}

    @property
    def behind(self) -> dict[str, str]:
        """Cells whose English is no longer what was translated: id, and the hash of the text as it is now."""
        hashes = {cell: text_hash(source) for cell, source in self.cells.items()}
        return {cell: now for cell, now in hashes.items() if cell in self.blocks and self.blocks[cell].of != now}

    @property
    def missing(self) -> dict[str, str]:
        """Cells without a block: id, and the hash of their English text."""
        return {cell: text_hash(source) for cell, source in self.cells.items() if cell not in self.blocks}

    @property
    def left_over(self) -> list[str]:
        """Ids of blocks whose cell the notebook no longer has."""
        return [cell for cell in self.blocks if cell not in self.cells]

    @property
    def stamp(self) -> str:
        """The line that says how many cells are behind or missing; empty where none is."""
        count = len(self.behind) + len(self.missing)
        return STAMPS[self.language].format(count=count) if count else ""

    def notebook(self) -> NotebookNode:
        """A copy of the notebook in the language: Markdown cells as translated, everything else as in English.

        The stamp stands below the title.
        """
        translated = deepcopy(self.english)
        for cell in translated.cells:
            if cell.id in self.blocks:
                cell.source = self.blocks[cell.id].text
        if self.stamp:
            title, _, rest = translated.cells[0].source.partition("\n")
            translated.cells[0].source = f"{title}\n\n{self.stamp}\n{rest}"
        return translated


def text_hash(source: str) -> str:
    """The hash by which a block names the English text that it translates.

    >>> text_hash("One neuron")
    '9c8bbd2d'
    """
    return hashlib.sha256(source.encode()).hexdigest()[:HASH_LENGTH]


def blocks_file(notebook: Path, language: str) -> Path:
    """Where the translation of a notebook stands, or would. Raises RequestError for a language that there is not."""
    if language not in STAMPS:
        raise RequestError(f"There is no translation into {language}; there is: {', '.join(STAMPS)}.")
    return TRANSLATIONS / language / f"{notebook.stem}.md"


def read_blocks(file: Path) -> dict[str, Block]:
    """The blocks of a file by the ids of their cells, in its order; empty where there is no file.

    Raises TranslationError for a cell that has two blocks or an empty one, and for text that belongs to no cell.
    """
    if not file.exists():
        return {}
    before, *parts = _MARK.split(file.read_text(encoding="utf-8"))
    if before.strip():
        raise TranslationError(f"{file.name}: before the first `<!-- cell ID of HASH -->` stands {before.strip()!r}.")
    blocks: dict[str, Block] = {}
    for cell, of, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if cell in blocks or not text.strip():
            raise TranslationError(f"{file.name}: cell {cell} has {'two blocks' if cell in blocks else 'no text'}.")
        blocks[cell] = Block(of, text.strip())
    return blocks


def translation(notebook: Path, language: str) -> Translation:
    """The translation of a notebook: as much of it as there is.

    Raises RequestError for a language that there is not, TranslationError where its file cannot be read.
    """
    blocks = read_blocks(blocks_file(notebook, language))
    return Translation(nbformat.read(notebook, as_version=4), blocks, language)
