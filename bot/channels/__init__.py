"""The channels: each turns what a platform delivers into a `Turn` and a `Reply` into what the platform
shows.
"""
