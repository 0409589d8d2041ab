"""Notebook 11: a target, a screen and a molecule, one module per step."""
