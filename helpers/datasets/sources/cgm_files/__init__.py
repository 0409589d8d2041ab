"""Files of glucose readings, from bytes to an even grid: content, layouts of sensors' makers, units, clock, step."""
