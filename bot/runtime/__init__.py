"""What a running process consists of: loading the matcher, the HTTP app, the channels, reminders. Open
`serve.py` first.
"""
