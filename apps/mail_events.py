"""`/mail/events/sendgrid`: SendGrid tells what became of messages, and signs it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from agents.campaigns.contact_desk import ContactDesk
from agents.errors import BadInput, DeskError, Forbidden
from integrations.sendgrid.events import SIGNATURE, TIMESTAMP, SendGridEvents

PATH: Final = "/mail/events/sendgrid"

log = logging.getLogger(__name__)


def add_mail_events(app: FastAPI, contacts: ContactDesk, public_key: str | None) -> None:
    """Take SendGrid's calls where its public key is set; without one there is no such page."""
    if not public_key:
        return
    events = SendGridEvents(public_key)

    def take(body: bytes, signature: str, timestamp: str) -> Response:
        try:
            told = events.read(body, signature, timestamp, datetime.now(UTC))
            new = contacts.take(told)
        except Forbidden as error:
            log.warning("A call of %s was refused: %s", PATH, error)
            return PlainTextResponse(str(error), 403)
        except BadInput as error:
            return PlainTextResponse(str(error), 400)
        except DeskError as error:
            # SendGrid tells it again, for a day.
            log.error("SendGrid's events could not be kept: %s", error)
            return PlainTextResponse("Please tell us again.", 503)
        return PlainTextResponse(f"{new} new of {len(told)}")

    @app.post(PATH)
    async def sendgrid_events(request: Request) -> Response:
        body, headers = await request.body(), request.headers
        return await run_in_threadpool(take, body, headers.get(SIGNATURE, ""), headers.get(TIMESTAMP, ""))
