"""How the assistant runs: settings, the terminal and the command line."""
