"""The commands of the program `bot`, a module each."""
