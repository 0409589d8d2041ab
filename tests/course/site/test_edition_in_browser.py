"""The whole web edition, built and opened in a browser: what a reader meets on a desktop and on a phone."""

import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browsing import LOOKS, complaints, served

from course.views.chinese import is_translated
from helpers.base.paths import ROOT
from helpers.notebook.index import find_notebooks

pytestmark = pytest.mark.thorough
LARGEST_PAGE = 1_500_000  # bytes of a page with its figures
LESSONS = [f"notebooks/{path.stem}.html" for path in find_notebooks()]
OTHERS = ["index.html", "search.html", "genindex.html", "data/README.html", "docs/glossary.html", "docs/measured.html"]
CHINESE = [f"zh/notebooks/{path.stem}.html" for path in find_notebooks() if is_translated(path)]
OTHERS_IN_CHINESE = ["zh/index.html", "zh/search.html", "zh/docs/glossary.html", f"zh/{LESSONS[2]}"]
OPENED = [*LESSONS, *OTHERS, *CHINESE, *OTHERS_IN_CHINESE]


class Page(HTMLParser):
    """What a page has: the ids on it, where its links lead, and what it loads."""

    def __init__(self, path: Path):
        super().__init__()
        self.ids, self.links, self.loaded, self.figures = set(), [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.add(attrs.get("id"))
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        elif tag == "link" and attrs.get("rel") in ("stylesheet", "icon", "preload"):
            self.loaded.append(attrs["href"])
        elif attrs.get("src"):
            self.loaded.append(attrs["src"])
            if tag == "img":
                self.figures.append((attrs["src"], attrs.get("alt")))


@pytest.fixture(scope="session")
def edition(tmp_path_factory) -> Path:
    """The folder of the built web edition, with the Chinese one in it, as `make site` builds them."""
    built = tmp_path_factory.mktemp("built")
    for language, to in (("en", built / "site"), ("zh", built / "site" / "zh")):
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", "-t", language]
        done = subprocess.run([*command, "-d", built / language, ".", to], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return built / "site"


@pytest.fixture(scope="session")
def pages(edition) -> dict[Path, Page]:
    return {path: Page(path) for path in edition.rglob("*.html") if "_static" not in path.parts}


@pytest.fixture(scope="session")
def address(edition) -> Iterator[str]:
    with served(edition) as found:
        yield found


@pytest.fixture(params=LOOKS)
def look(request, browser):
    """A function that opens a page in one of the looks; nothing may go wrong on it until the test ends."""
    (width, height), scheme = LOOKS[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    wrong = []

    def open_page(where: str):
        page = context.new_page()
        wrong.append((where, complaints(page)))
        page.goto(where)
        return page

    yield open_page
    for page in context.pages:
        page.wait_for_load_state("networkidle")  # what is still on its way when a page closes has failed
    context.close()
    assert [(where, found) for where, found in wrong if found] == []


def test_every_page_is_built(pages, edition):
    assert {path.relative_to(edition).as_posix() for path in pages} >= set(OPENED)


def test_every_internal_link_and_anchor_holds(pages, edition):
    broken, followed = [], 0
    for path, page in pages.items():
        for link in page.links:
            to = urlsplit(link)
            if to.scheme or to.netloc:
                continue
            followed += 1
            target = (path.parent / unquote(to.path)).resolve() if to.path else path
            missed = to.fragment and target.suffix == ".html" and unquote(to.fragment) not in pages[target].ids
            if missed or not target.exists():
                broken.append((path.name, link))
    assert broken == []
    assert followed > 1000


def test_nothing_is_loaded_from_elsewhere(pages):
    assert {one for page in pages.values() for one in page.loaded if urlsplit(one).netloc} == set()


def test_no_page_is_heavy_and_every_figure_is_described(pages):
    for path, page in pages.items():
        figures = {path.parent / source for source, _ in page.figures if "_images" in source}
        weight = sum(file.stat().st_size for file in [path, *figures])
        assert weight < LARGEST_PAGE, f"{path.name}: {weight:,} bytes"
        assert [source for source, alt in page.figures if "_images" in source and len(alt) < 20] == []


@pytest.mark.parametrize("name", OPENED)
def test_a_page_opens_fits_the_screen_and_keeps_nobody_out(name, look, address):
    from axe_playwright_python.sync_playwright import Axe

    page = look(f"{address}/{name}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    grave = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in grave] == []


def test_search_finds_dropout(look, address):
    page = look(f"{address}/search.html?q=dropout")
    page.wait_for_selector("ul.search li")
    hits = " ".join(page.locator("ul.search li a").all_inner_texts())
    assert "05 · Overfitting" in hits


def test_a_solution_unfolds(look, address):
    page = look(f"{address}/{LESSONS[1]}")
    solution = page.locator("details", has=page.locator("summary", has_text="Solution")).first
    code = solution.locator("pre").first
    assert not code.is_visible()
    solution.locator("summary").click()
    assert code.is_visible()


def test_what_is_folded_in_jupyterlab_is_folded_and_opens(look, address):
    page = look(f"{address}/{LESSONS[1]}")
    fold = page.locator(".tag_bookkeeping details.hide").first
    code = fold.locator("pre").first
    assert "claim(" in code.text_content() or "record(" in code.text_content()
    assert not code.is_visible()
    fold.locator("summary").click()
    assert code.is_visible()


@pytest.mark.parametrize("name", LESSONS)
def test_the_quiz_marks_right_and_wrong(name, look, address):
    page = look(f"{address}/{name}")
    questions = page.locator(".quiz")
    assert questions.count() >= 5
    for number in range(questions.count()):
        question = questions.nth(number)
        right = question.locator("[data-right]").get_attribute("data-right")
        wrong = "a" if right != "a" else "b"
        for letter, said in ((wrong, "✗ no"), (right, "✓ right")):
            question.locator(f"input[value={letter}]").check()
            assert question.locator(".verdict").inner_text().startswith(said)


@pytest.mark.parametrize("name", CHINESE)
def test_the_quiz_speaks_chinese(name, look, address):
    question = look(f"{address}/{name}").locator(".quiz").first
    right = question.locator("[data-right]").get_attribute("data-right")
    for letter, said in (("a" if right != "a" else "b", "✗ 不对"), (right, "✓ 正确")):
        question.locator(f"input[value={letter}]").check()
        assert question.locator(".verdict").inner_text().startswith(said)


def test_search_finds_chinese(look, address):
    page = look(f"{address}/zh/search.html?q=卷积神经网络")
    page.wait_for_selector("ul.search li")
    assert "02 · 图像：卷积神经网络" in " ".join(page.locator("ul.search li a").all_inner_texts())


@pytest.mark.parametrize("name", [LESSONS[0], LESSONS[2], "index.html", "search.html"])
def test_every_page_leads_to_the_same_page_in_the_other_language(name, look, address):
    page = look(f"{address}/{name}")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("a.other-language").click()
    assert page.url == f"{address}/zh/{name}"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.locator("a.other-language").click()
    assert page.url == f"{address}/{name}"


def test_what_is_not_translated_says_so_and_is_marked_as_english(look, address):
    page = look(f"{address}/zh/{LESSONS[2]}")
    assert page.locator("article section").first.get_attribute("lang") == "en"
    assert page.locator(".still-english").get_attribute("lang") == "zh"
    translated = look(f"{address}/{CHINESE[0]}")
    assert translated.locator("article [lang=en]").count() == 0
    assert translated.locator(".still-english").count() == 0


@pytest.mark.parametrize("name", [LESSONS[1], CHINESE[1]])
def test_a_word_is_explained_to_the_keyboard_until_escape(name, look, address):
    page = look(f"{address}/{name}")
    word, meaning = page.locator("a.term[data-meaning^='heat map (']").first, page.locator("#meaning")
    assert not meaning.is_visible()
    word.focus()
    assert meaning.inner_text().startswith("heat map 热力图")
    assert word.get_attribute("aria-describedby") == "meaning"
    box = meaning.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    page.keyboard.press("Escape")
    assert not meaning.is_visible()
    assert word.evaluate("word => word === document.activeElement"), "the keyboard stays where it was"


def test_a_word_is_explained_where_the_pointer_rests_and_leads_to_its_row(look, address):
    page = look(f"{address}/{LESSONS[1]}")
    word, meaning = page.locator("a.term", has_text="heat map").first, page.locator("#meaning")
    word.hover()
    meaning.hover()
    page.wait_for_timeout(400)
    assert meaning.is_visible(), "the pointer may move onto the meaning"
    page.mouse.move(0, 0)
    meaning.wait_for(state="hidden")
    word.click()
    page.wait_for_url("**/docs/glossary.html#term-heat-map")
    assert page.locator("#term-heat-map").is_visible()


def test_a_first_touch_explains_a_word_and_a_second_leads_to_its_row(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{address}/{LESSONS[1]}")
    word = page.locator("a.term", has_text="heat map").first
    word.tap()
    page.locator("#meaning").wait_for()
    assert page.url.endswith(LESSONS[1])
    word.tap()
    page.wait_for_url("**/docs/glossary.html#term-heat-map")
    context.close()


def test_figures_stand_on_white_in_the_dark_too(look, address):
    page = look(f"{address}/{LESSONS[1]}")
    figure = page.locator(".cell_output img").first
    style = figure.evaluate("image => [getComputedStyle(image).backgroundColor, getComputedStyle(image).filter]")
    assert style == ["rgb(255, 255, 255)", "none"]


def test_on_paper_the_lesson_stands_alone(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/{LESSONS[1]}")
    page.emulate_media(media="print")
    for part in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", "button.copybtn"):
        assert not page.locator(part).first.is_visible(), part
    assert page.locator("h1:visible").count() == 1
