"""Figures of notebook 11: genes that differ, molecules, screens, and what a writer of molecules does for a score."""
