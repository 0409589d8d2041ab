"""Notebook 02: `letters` that hospitals burn in, and what a network makes of them; who has `faint` lesions."""
