"""What the course is measured against: the loop that one writes first, and a network that was published."""
