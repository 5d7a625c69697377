"""What people do in a conversation besides asking, and what an answer begins with. Open `acts.py`, then
`first_lines.py`.
"""
