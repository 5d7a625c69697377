"""The tables of roles and invitations."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from bot.storage.schema import Instant, metadata

people = Table(
    "people",
    metadata,
    Column("person", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("schools", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("note", String),
)
"""`schools` is a JSON list of ids. Who is not here is a `medewerker`; to revoke a role is to delete its row.
`note` tells the operator who it is: "directie De Vlieger, 12 sept".
"""

invitations = Table(
    "invitations",
    metadata,
    Column("hash", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("schools", String, nullable=False),
    Column("channel", String),
    Column("expires", Instant, nullable=False),
    Column("used", Instant),
    Column("person", String),
    Column("note", String),
)
"""`hash` is SHA-256: a code has 144 random bits, so nothing slower is needed. `person` is who used it or,
before that, the only one who may.
"""
