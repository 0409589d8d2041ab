"""The page of data cards is what is generated, has a card for every set, and says so where nobody said anything."""

from types import SimpleNamespace

import pytest

from course.data import cards
from course.data.cards import NOT_STATED, OF_EVERY_SIMULATION, card, markdown_card, page, size, task
from helpers.datasets import LOADERS, MADE_UP, SHIPPED, SIMULATORS, load
from helpers.datasets.sources.catalogue import read_catalogue

NAMES = [*LOADERS, *read_catalogue()]


def test_the_page_is_as_generated():
    assert cards.PAGE.read_text(encoding="utf-8") == page(), "run `make refresh`"


def test_there_is_a_card_for_every_data_set_once():
    headings = [line for line in page().splitlines() if line.startswith("## ")]
    assert [line.split("`")[1] for line in headings] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_card_answers_the_same_questions(name):
    facts, text = card(name), markdown_card(name)
    origin = "simulated" if name in SIMULATORS | SHIPPED | MADE_UP else facts.get("origin", "real patients")
    for question in ("Who", "How measured", "How labelled", "Known bias", "Licence", "Cite", "Size", "Predict"):
        assert text.count(f"| **{question}** | ") == 1
    assert f"| **Licence** | {facts['licence']} |" in text
    assert f"| **Cite** | {facts['citation'].strip()} |" in text
    assert f"| **Origin** | {origin} |" in text
    for fault in facts.get("faults", []):
        assert f"* {fault.strip()}" in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize("name", ["glucose", "wisconsin", "diabetes"])
def test_a_card_agrees_with_the_data_set(name):
    data, facts = load(name), card(name)
    assert (facts["title"], facts["licence"], facts["simulated"]) == (data.title, data.licence, data.simulated)


def test_a_card_tells_what_the_catalogue_says():
    text = markdown_card("pneumoniamnist")
    entry = read_catalogue()["pneumoniamnist"]
    for key in ("people", "measured", "labelled", "bias"):
        assert entry[key].strip() in text
    assert "| **Classes** | 0 normal, 1 pneumonia |" in text
    assert "| **Disease** | pneumonia |" in text
    assert "| **Splits** | 4,708 train, 524 validation, 624 test |" in text
    assert NOT_STATED not in text


def test_what_nobody_says_is_said_to_be_not_stated(monkeypatch):
    entry = {"title": "Made up", "licence": "CC0", "citation": "none", "rows": {"train": 1200}, "classes": ["a", "b"]}
    monkeypatch.setattr(cards, "read_catalogue", lambda: {"madeup": entry | {"disease_class": 1}})
    text = markdown_card("madeup")
    assert text.startswith("## `madeup`: Made up\n\n| | |")
    for question in ("Who", "How measured", "How labelled", "Known bias"):
        assert f"| **{question}** | {NOT_STATED} |" in text
    assert "| **Size** | 1,200 images |" in text
    assert "Known faults" not in text


def simulate_hands(*, patients: int = 4100, seed: int = 1):
    """A data set of hands."""


HANDS = """Simulated radiographs of hands, whole or not.

How it is made: of bones
and air. Two sites.
Look-alike: a glove.
Left out: rings.
Known limits: six fingers at most. Not for
any clinical conclusion.
"""


@pytest.fixture
def hands(monkeypatch):
    """The only data set that needs no download is simulated by a module with this docstring; gives the module."""
    module = SimpleNamespace(__doc__=HANDS, CLASS_NAMES=("whole", "not"))
    monkeypatch.setattr(cards, "LOADERS", {"hands": simulate_hands})
    monkeypatch.setattr(cards.inspect, "getmodule", lambda loader: module)
    return module


def test_the_card_of_a_simulator_is_made_from_its_source(hands):
    assert card("hands") == OF_EVERY_SIMULATION | {
        "simulated": True,
        "title": "Simulated radiographs of hands, whole or not",
        "measured": "of bones and air. Two sites.",
        "bias": "six fingers at most. Not for any clinical conclusion. Left out: rings.",
        "classes": ["whole", "not"],
        "size": "4,100 people",
    }
    text = markdown_card("hands")
    assert "| **Who** | nobody: a program draws people at random, with a seed |" in text
    assert "| **Disease** | not |" in text
    assert page().count("\n## ") == 1 + len(read_catalogue())


def test_a_simulator_without_a_word_has_a_card_all_the_same(hands):
    hands.__doc__, hands.CLASS_NAMES = None, ()
    assert card("hands") == OF_EVERY_SIMULATION | {"simulated": True, "title": "simulate_hands", "size": "4,100 people"}
    assert f"| **How measured** | {NOT_STATED} |" in markdown_card("hands")


def test_a_card_beside_the_loader_has_the_last_word(hands):
    hands.CARDS = {"hands": {"title": "Hands", "licence": "MIT"}}
    assert (card("hands")["title"], card("hands")["licence"]) == ("Hands", "MIT")
    hands.CARDS = {"hands": {"title": "Hands", "simulated": False}}
    assert card("hands") == {"title": "Hands", "simulated": False}


def test_an_unknown_name_has_no_card():
    with pytest.raises(KeyError):
        card("pneumonia")


def test_the_task_and_the_size_in_few_words():
    assert task({"classes": ["benign", "malignant"], "task": "binary"}) == "benign / malignant"
    assert task({"classes": list("abcdefgh")}) == "8 classes"
    assert task({}) == NOT_STATED
    assert size({"rows": {"train": 1000, "test": 234}}) == "1,234 images"
    assert size({"size": "12 rows"}) == "12 rows"
    assert card("mitdb")["task"] == "time series"
    assert card("mitdb")["size"].endswith(" files")


def test_a_bar_in_a_fact_does_not_break_the_table():
    assert cards._cell(" p|q ") == "p\\|q"


def test_refresh_writes_the_page_and_the_readme(tmp_path, monkeypatch):
    from course.site import refresh

    readme = tmp_path / "README.md"
    readme.write_text(refresh.README.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(refresh, "README", readme)
    monkeypatch.setattr(refresh, "PICTURE", tmp_path / "picture.png")
    monkeypatch.setattr(cards, "PAGE", tmp_path / "data.md")
    refresh.refresh_pages()
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "data.md").read_text(encoding="utf-8") == page()
