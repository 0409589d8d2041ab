"""What the course costs in time and memory, measured beside what else there is: `make bench`. Nothing imports it."""
