"""The `course data` commands: list, fetch and verify the data sets, and their cards."""
