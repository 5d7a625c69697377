"""Ports: what storage and channels must offer. Protocols and plain data only; `bot/storage/` and
`bot/channels/` implement them.
"""
