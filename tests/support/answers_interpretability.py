"""Answers to the exercises of notebook 07: right, blank, and wrong, each with a part of its hint."""

RIGHT = {"07.1": [2000, 2e3]}
STUBS = {"07.1": [None, ...]}
WRONG = {"07.1": [(200, "the root of the number"), (20, "as many as before"), (2001, "over the root of n")]}
