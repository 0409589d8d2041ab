"""Answers to the exercises of notebook 06: right, blank, and wrong, each with a part of its hint."""

RIGHT = {"06.1": [2000, 2e3]}
STUBS = {"06.1": [None, ...]}
WRONG = {"06.1": [(200, "the root of the number"), (20, "as many as before"), (2001, "over the root of n")]}
