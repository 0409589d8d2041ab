"""Simulated signals of the body: brains, their seizures and their days."""
