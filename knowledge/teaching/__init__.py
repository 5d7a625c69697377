"""Teaching a pack: what people asked in vain, in groups; lessons, and what they would change; writing them
into the pack's files, with a history and a way back.
"""
