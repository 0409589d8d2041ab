"""Measured side by side."""
