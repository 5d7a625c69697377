"""Reading YAML with line numbers, and collecting problems as `path:line: problem`."""
