"""E-mail by SMTP, with the standard library."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from agents.effects import Email
from agents.errors import BadInput, Permanent, Transient
from agents.mail import parse_sender, write_message

TIMEOUT = 20  # seconds for each word with the server
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to sign in there."""

    host: str
    port: int
    encrypted: bool
    user: str | None
    password: str

    @classmethod
    def parse(cls, url: str) -> Server:
        """Read smtp[s]://user:password@host:port. Anything else raises `BadInput`."""
        try:
            parts = urlsplit(url)
            encrypted = {"smtp": False, "smtps": True}[parts.scheme]
            host, port = parts.hostname, parts.port
        except (KeyError, ValueError):
            host = None
        if not host:
            raise BadInput(
                "GTM_SMTP_URL cannot be used. Write smtp://user:password@host:587 (STARTTLS where the server "
                "offers it) or smtps://user:password@host:465 (TLS); write @ in a password as %40."
            )
        user = unquote(parts.username) if parts.username else None
        return cls(host, port or (465 if encrypted else 587), encrypted, user, unquote(parts.password or ""))


class SmtpMailer:
    """Implements `Mailer`. The effect's key becomes the Message-ID, by which receivers know a second copy."""

    def __init__(self, url: str, sender: str | None, timeout: float = TIMEOUT) -> None:
        """Connect to nothing yet. A URL or sender of the wrong form raises `BadInput`."""
        self._server = Server.parse(url)
        if not sender:
            raise BadInput("GTM_SMTP_URL is set: set GTM_MAIL_FROM too, like: Two Peaks <help@shop.example>")
        self._sender = parse_sender(sender)
        self._timeout = timeout

    def send(self, email: Email) -> None:
        """Hand the message to the server; it has taken it when this returns."""
        message = write_message(email, self._sender)
        with self._connected() as server, translated():
            server.send_message(message, from_addr=self._sender.addr_spec)

    def describe(self) -> str:
        """Where the mail goes."""
        return f"{self._server.host}:{self._server.port}, from {self._sender.addr_spec}"

    def check(self) -> None:
        """Connect and sign in, and send nothing."""
        with self._connected() as server, translated():
            server.noop()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            # Whatever is wrong here is no fault of the message: it waits until the setting or server is mended.
            where = f"{self._server.host}:{self._server.port}"
            raise Transient(f"The mail server {where} cannot be used ({explain(error)}).") from error
        try:
            yield server
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        wanted, context = self._server, ssl.create_default_context()
        if wanted.encrypted:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                wanted.host, wanted.port, timeout=self._timeout, context=context
            )
        else:
            server = smtplib.SMTP(wanted.host, wanted.port, timeout=self._timeout)
        try:
            server.ehlo_or_helo_if_needed()
            if not wanted.encrypted and server.has_extn("starttls"):
                server.starttls(context=context)
            elif not wanted.encrypted and wanted.user and wanted.host not in LOCAL:
                raise smtplib.SMTPNotSupportedError("no STARTTLS, and a password is not sent in the clear")
            if wanted.user:
                server.login(wanted.user, wanted.password)
        except BaseException:
            server.close()
            raise
        return server


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turns what a server says to a message into `Permanent` (5xx) or `Transient` (4xx, lost connections)."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        [(address, (code, words))] = error.recipients.items()
        raise _refused(code, f"{address}: {words.decode('utf-8', 'replace')}") from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, explain(error)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Permanent(f"The mail server cannot send this message ({error}).") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Transient(f"The mail server broke off ({explain(error)}).") from error


def _refused(code: int, words: str) -> Permanent | Transient:
    kind = Permanent if 500 <= code < 600 else Transient
    return kind(f"The mail server refused the message ({code} {words}).")


def explain(error: Exception) -> str:
    """An error of smtplib in words."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return str(error) or type(error).__name__
