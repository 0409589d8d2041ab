"""Notebook 10: reading a motif, and the risk in a genome."""
