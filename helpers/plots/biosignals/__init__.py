"""Figures of hearts and brains over time."""
