"""Simulated data sets: radiographs, stained cells, electrocardiograms and genotypes, each from a seed."""
