"""Genotypes and sequences of letters: read from VCF, FASTA and matrices in plain Python, and checked."""
