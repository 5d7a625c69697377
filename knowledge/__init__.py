"""What is true: a board's protocol as data, and finding the passage that answers a question.
Nothing here uses the network, a database or a clock; files are read where a path is given.
"""
