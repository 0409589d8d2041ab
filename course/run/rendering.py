"""HTML pages from jinja2 templates, which lie in the folder templates/ of the package that fills them."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def render(package: str, template: str, **values: object) -> str:
    """The page that a template of a package gives for the values; what is text in them is escaped.

    package: its dotted name. A template may extend course.run's page.html.j2. Raises jinja2's TemplateNotFound, and
    its UndefinedError where a value is missing.
    """
    loader = ChoiceLoader([PackageLoader(package), PackageLoader("course.run")])
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages.filters["shown"] = shown
    return pages.get_template(template).render(values)


def shown(value: object) -> str:
    """A value as a table shows it: fractions with four digits.

    >>> shown(0.123456), shown(123456), shown(True)
    ('0.1235', '123456', 'True')
    """
    return f"{value:.4g}" if isinstance(value, float) else str(value)
