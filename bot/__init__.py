"""How the assistant runs. Open `cli.py` for the commands, `runtime/serve.py` for what `bot run` starts,
`service.py` for one turn from claim to commit.
"""
