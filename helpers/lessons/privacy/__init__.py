"""Notebook 09: what data and models give away, and what protection costs, one module per section."""
