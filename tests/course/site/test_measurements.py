"""The pages of what bench/real measured have the tables of data/reference, and their sentences agree with them."""

import pytest

from course.site import measurements


@pytest.mark.parametrize("name", measurements.PAGES)
def test_a_page_is_as_generated(name):
    text = measurements.PAGES[name].read_text(encoding="utf-8")
    assert text == measurements.page(name, text), "run `make refresh`"
