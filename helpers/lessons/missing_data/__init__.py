"""Notebook 06: gaps made on purpose, what is put into them, and what that does."""
