"""What everything stands on: paths, files, sessions, source code. Imports nothing else of the course."""
