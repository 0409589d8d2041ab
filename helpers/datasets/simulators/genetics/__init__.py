"""Simulated genomes: stretches of DNA with a known motif."""
