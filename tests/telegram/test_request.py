"""How calls reach Telegram: through a proxy where the network asks for one, and only to who has a
certificate.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from telegram.error import NetworkError

from bot.channels.telegram.client import connect
from bot.channels.telegram.request import proxy_for

TOKEN = "123456789:AAfake-Token_for-tests-only-0123456789a"  # noqa: S105
ME = (
    b'{"ok": true, "result": {"id": 123456789, "is_bot": true, "first_name": "P", "username": '
    b'"protocol_bot"}}'
)


def test_the_environments_proxy_is_used_but_not_for_addresses_that_it_exempts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert proxy_for("https://api.telegram.org/bot") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.school:3128")
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    assert proxy_for("https://api.telegram.org/bot") == "http://proxy.school:3128"
    assert proxy_for("http://api.telegram.org/bot") is None
    assert proxy_for("https://127.0.0.1:8081/bot") is None
    monkeypatch.setenv("ALL_PROXY", "http://all.school:3128")
    assert proxy_for("http://api.telegram.org/bot") == "http://all.school:3128"


async def test_the_token_goes_only_to_who_has_a_certificate_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    certificate = self_signed(tmp_path)
    async with secure_server(certificate) as (address, asked):
        client = connect(TOKEN, address)
        with pytest.raises(NetworkError):
            await client.initialize()
        await client.shutdown()
        assert asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        client = connect(TOKEN, address)
        await client.initialize()
        assert client.username == "protocol_bot"
        await client.shutdown()
        assert asked == [f"POST /bot{TOKEN}/getMe HTTP/1.1"]


def self_signed(folder: Path) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    file = folder / "server.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@asynccontextmanager
async def secure_server(certificate: Path) -> AsyncIterator[tuple[str, list[str]]]:
    """Says who the bot is to whoever asks; yields its address and the first lines of what was asked."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head.split("\r\n")[0])
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
            b"%d\r\n\r\n%b" % (len(ME), ME)
        )
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot", asked
