"""What somebody may have meant by a word that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: object, words: Iterable[object]) -> str | None:
    """The one of some words that is most like another, None where none is much like it.

    >>> nearest("epoch", ["epochs", "seed"]), nearest("x", ["epochs"])
    ('epochs', None)
    """
    return next(iter(difflib.get_close_matches(str(word), map(str, words), n=1)), None)


def did_you_mean(word: object, words: Iterable[object]) -> str:
    """The end of a sentence that says so; empty where there is nothing to say.

    >>> did_you_mean("epoch", ["epochs", "seed"])
    '; did you mean epochs?'
    """
    found = nearest(word, words)
    return f"; did you mean {found}?" if found else ""
