"""A real SMTP server on the loopback interface, which keeps what it takes and refuses what it is told to."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """`refusing` is the answer to every message while it is set; `signed_in` are the users of the messages taken."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refusing: str | None = None
    refusing_recipients: str | None = None
    signed_in: list[bytes | None] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whether a recipient is known."""
        if self.refusing_recipients:
            return self.refusing_recipients
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message or refuse it."""
        if self.refusing:
            return self.refusing
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        self.signed_in.append(session.auth_data)
        return "250 Taken"


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def mail_server(
    port: int | None = None, password: str | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[MailServer]:
    """A server that runs within the block.

    With a password, only who signs in as anna with it may send. With `tls`, it offers STARTTLS and insists on it.
    """

    def sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        known = isinstance(given, LoginPassword) and (given.login, given.password) == (
            b"anna",
            (password or "").encode(),
        )
        # A refusal that was “handled” is one that nobody hears of.
        return AuthResult(success=known, handled=known, auth_data=given.login if known else None)

    kept = MailServer(port or free_port())
    controller = Controller(
        kept,
        hostname="127.0.0.1",
        port=kept.port,
        authenticator=sign_in if password else None,
        auth_required=password is not None,
        auth_require_tls=False,
        tls_context=tls,
        require_starttls=tls is not None,
    )
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


def own_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server for 127.0.0.1 needs for TLS, and the certificate that a client has to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, keys = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    keys.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, keys)
    return context, file
