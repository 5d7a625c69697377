"""What is said to who tells of danger: the help block, the one line above an answer, care in a report.

`handlers/conversation/danger.py` listens for it and decides; here is what a person reads then.
"""
