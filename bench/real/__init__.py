"""Measured on real data, beyond what a lesson has time for: which recipe is best, found without the test set."""
