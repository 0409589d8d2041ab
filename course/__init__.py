"""What runs the notebooks: the `course` command, single runs, sweeps, the data commands and the pages.

It imports helpers/, never the reverse, and nothing heavy before a command needs it.
"""
