"""Speed, memory, growth and load, beside the plain recipe."""
