"""Molecules that a program puts together, since nobody's collection may be given away."""
