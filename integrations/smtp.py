"""E-mail by SMTP, with the standard library."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from agents.campaigns.mailing import CampaignMessage, Refused, Sent
from agents.campaigns.mime import write_mime
from agents.effects import Email
from agents.errors import Ambiguous, BadInput, MailerClosed, Permanent, Throttled, Transient
from agents.mail import parse_sender, write_message

TIMEOUT = 20  # seconds for each word with the server
LOCAL = ("localhost", "127.0.0.1", "::1")
REST = 60.0  # seconds to leave a server alone that says it is too busy

# RFC 3463: 5.1 is a wrong address, 5.2.1 a closed mailbox. Older servers say only 550, 551 or 553.
_NO_MAILBOX: Final = re.compile(r"5\d\d 5\.(1\.|2\.1)|55[013] (?!5\.\d)")


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
            server = connect(self._server, self._timeout)
        except (OSError, smtplib.SMTPException) as error:
            # Whatever is wrong here is no fault of the message: it waits until the setting or server is mended.
            raise unusable(self._server, error) from error
        try:
            yield server
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


class SmtpCampaigns:
    """Implements `CampaignMailer`. Connections are kept between messages, one for each thread that sends at once."""

    repeatable = False
    reaches_people = True

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        """Connect to nothing yet. A URL of the wrong form raises `BadInput`."""
        self._server = Server.parse(url)
        self._timeout = timeout
        self._idle: deque[smtplib.SMTP] = deque()

    def send(self, message: CampaignMessage, key: str) -> Sent | Refused:
        """Hand the message to the server; what it answers to the last dot is final."""
        content, connection = write_mime(message, key), self._take()
        try:
            result = _talk(connection, message, content)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return result

    def describe(self) -> str:
        """Where messages go."""
        return f"Sent by {self._server.host}:{self._server.port}."

    def check(self) -> None:
        """Connect and sign in, and send nothing."""
        self._idle.append(self._take())

    def close(self) -> None:
        """Say good-bye on every connection."""
        with contextlib.suppress(IndexError):
            while True:
                _leave(self._idle.pop())

    def _take(self) -> smtplib.SMTP:
        """A connection that the server has just answered on."""
        with contextlib.suppress(IndexError):
            while True:
                kept = self._idle.pop()
                try:
                    if kept.rset()[0] == 250:
                        return kept
                except (OSError, smtplib.SMTPException):
                    pass  # it has hung up meanwhile
                kept.close()
        try:
            return connect(self._server, self._timeout)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            if getattr(error, "smtp_code", 500) < 500:
                raise unusable(self._server, error) from error
            raise MailerClosed(
                f"The mail server {self._server.host} does not let us in ({explain(error)}). Correct GTM_SMTP_URL."
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise unusable(self._server, error) from error


def _talk(connection: smtplib.SMTP, message: CampaignMessage, content: bytes) -> Sent | Refused:
    """One message over a connection. Only from its last dot on is it uncertain whether it was taken."""
    try:
        _expect(connection.mail(message.sender.address), 250)
        code, words = connection.rcpt(message.to)
        if not 200 <= code < 300:
            return _refusal(code, words)
        _expect(connection.docmd("DATA"), 354)
        connection.send(re.sub(rb"(?m)^\.", b"..", content))
    except (OSError, smtplib.SMTPException) as error:
        raise Transient(f"The mail server broke off before the message's end ({explain(error)}).") from error
    try:
        connection.send(b".\r\n")
        code, words = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise _untold(explain(error)) from error
    if 200 <= code < 300:
        return Sent(reference=_words(words)[:200] or None)
    if not 400 <= code < 600:
        raise _untold(f"its answer was {code} {_words(words)}")
    return _refusal(code, words)


def _untold(why: str) -> Ambiguous:
    return Ambiguous(f"The mail server had the whole message and never said what became of it ({why}).")


def _expect(reply: tuple[int, bytes], code: int) -> None:
    """A reply that concerns no recipient: a refusal for good would meet every message."""
    if reply[0] != code:
        raise MailerClosed(_refusal(*reply).reason)


def _refusal(code: int, words: bytes) -> Refused:
    """A refusal for good of this message. One for now raises `Transient` or `Throttled`, one of us `MailerClosed`."""
    said = f"The mail server refused it ({code} {_words(words)})."
    if code == 421:
        raise Throttled(said, REST)
    if not 500 <= code < 600:
        raise Transient(said)
    if code in (530, 535, 538) or b"relay" in words.lower():
        raise MailerClosed(said)
    return Refused(
        reason=said, about="address" if _NO_MAILBOX.match(f"{code} {_words(words)}") else "message"
    )


def _words(reply: bytes) -> str:
    return reply.decode("utf-8", "replace")


def _leave(connection: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()


def connect(wanted: Server, timeout: float) -> smtplib.SMTP:
    """A connection, encrypted where it can be, and signed in; raises what smtplib raises."""
    context = ssl.create_default_context()
    if wanted.encrypted:
        server: smtplib.SMTP = smtplib.SMTP_SSL(wanted.host, wanted.port, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(wanted.host, wanted.port, timeout=timeout)
    try:
        server.ehlo_or_helo_if_needed()
        if not wanted.encrypted and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif not wanted.encrypted and wanted.user and wanted.host not in LOCAL:
            raise smtplib.SMTPNotSupportedError("no STARTTLS, and a password is not sent in the clear")
        if wanted.user:
            server.login(wanted.user, wanted.password)
    except BaseException:
        server.close()
        raise
    return server


def unusable(server: Server, error: Exception) -> Transient:
    """That a server cannot be reached or does not let us in, in words."""
    return Transient(f"The mail server {server.host}:{server.port} cannot be used ({explain(error)}).")


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
