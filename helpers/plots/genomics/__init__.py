"""Figures of notebook 10: motifs, and the risk in a genome."""
