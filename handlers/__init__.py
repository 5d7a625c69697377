"""What is said and done: conversations, cases, who may do what. No channel, database or clock of its own.
Open `conversation/router.py` first: it names the handler of every command, button and expected text.
"""
