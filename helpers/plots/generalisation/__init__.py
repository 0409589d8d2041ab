"""Figures of notebook 08: shifts and what they do, monitors, and what a network does not know."""
