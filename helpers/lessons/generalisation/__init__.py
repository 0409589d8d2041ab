"""Notebook 08: patients from elsewhere, and how to notice, mend, doubt and defer, one module per section."""
