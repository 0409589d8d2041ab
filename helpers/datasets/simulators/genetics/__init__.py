"""Simulated genomes: sequences with planted motifs, and populations of people."""
