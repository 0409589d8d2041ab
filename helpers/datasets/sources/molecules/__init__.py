"""Molecules with a measured property: read, told apart and split. RDKit is imported where it is first needed."""
