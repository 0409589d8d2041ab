"""YAML with the numbers that Python reads: 1e-3 is one, where YAML 1.1, and so PyYAML, takes it for a text."""

from __future__ import annotations

import re

import yaml

# YAML 1.2.2, section 10.3.2 (core schema, tag float): a point and the sign of the exponent may be left out.
EXPONENT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+$")


class PlainLoader(yaml.SafeLoader):
    """PyYAML's safe loader, with numbers such as 1e-3 and 2.5e4 as numbers; in quotes they stay texts.

    >>> yaml.load("[1e-3, 2.5e4, '1e-3', 1e, e3]", PlainLoader)
    [0.001, 25000.0, '1e-3', '1e', 'e3']
    """


PlainLoader.add_implicit_resolver("tag:yaml.org,2002:float", EXPONENT, list("-+.0123456789"))
