"""Who is asking: a signed cookie that names a visitor, and nothing else."""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import Final

COOKIE: Final = "gtm_visitor"
LIFETIME: Final = 180 * 24 * 3600  # seconds


class Visitors:
    """Issues visitor cookies and recognises its own; a cookie made or changed elsewhere names nobody."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret that signs visitors must have at least 16 bytes")
        self._secret = secret

    def issue(self) -> str:
        """The cookie value of a visitor never seen before."""
        visitor = secrets.token_urlsafe(18)
        return f"{visitor}.{self._signature(visitor)}"

    def read(self, value: str | None) -> str | None:
        """The visitor that a cookie value names; None for a value that this house did not sign."""
        visitor, dot, signature = (value or "").partition(".")
        if not dot or not visitor or not signature.isascii():
            return None
        return visitor if hmac.compare_digest(signature, self._signature(visitor)) else None

    def _signature(self, visitor: str) -> str:
        return hmac.new(self._secret, b"visitor:" + visitor.encode(), sha256).hexdigest()


def cookie_header(value: str, *, https: bool) -> str:
    """The Set-Cookie line; over https it also works in a frame on another site, one jar a site."""
    scope = "SameSite=None; Secure; Partitioned" if https else "SameSite=Lax"
    return f"{COOKIE}={value}; Path=/; Max-Age={LIFETIME}; HttpOnly; {scope}"


def read_secret(home: Path) -> bytes:
    """The home folder's own random secret, made on first use; only the owner of the home may read it."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "secret"
    draft = home / f"secret.{os.getpid()}.{secrets.token_hex(4)}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32), "ascii")
        with contextlib.suppress(
            FileExistsError
        ):  # another process of this home was first: its secret counts
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()
