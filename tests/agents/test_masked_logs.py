"""No personal data reach a log, whichever way they come."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from agents.masked_logs import mask_logs
from agents.masking import Masker, kinds_for
from agents.privacy_policy import load_privacy_policy

ADDRESS = "anna.smith@mail.example"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a handler of a logger that nobody prepared writes."""
    policy = load_privacy_policy()
    masker, kinds = Masker(policy), kinds_for(policy, "log")
    before = logging.getLogRecordFactory()
    mask_logs(lambda text: masker.mask(text, kinds).text)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("some.vendor")
    logger.addHandler(handler)
    logger.propagate = False
    yield stream
    logger.removeHandler(handler)
    logger.propagate = True
    logging.setLogRecordFactory(before)


def test_messages_and_arguments_are_masked(written: io.StringIO) -> None:
    log = logging.getLogger("some.vendor")
    log.warning("Mail to %s, %d times", ADDRESS, 2)
    log.warning("Mail to %s@%s", "anna.smith", "mail.example")
    log.warning("%r and %s", {"to": ADDRESS}, ValueError(f"no route to {ADDRESS}"))
    log.warning(f"card 4111 1111 1111 1111 of {ADDRESS}")
    assert written.getvalue().splitlines() == [
        "WARNING Mail to [e-mail], 2 times",
        "WARNING Mail to [e-mail]",
        "WARNING {'to': '[e-mail]'} and no route to [e-mail]",
        "WARNING card [card number] of [e-mail]",
    ]


def test_tracebacks_are_masked_with_their_causes(written: io.StringIO) -> None:
    log = logging.getLogger("some.vendor")
    try:
        try:
            raise KeyError(ADDRESS)
        except KeyError as cause:
            raise RuntimeError(f"order TP-1234567 of {ADDRESS}") from cause
    except RuntimeError:
        log.exception("Reference %s", "3f9a1b2c", stack_info=True)
    text = written.getvalue()
    assert "Reference 3f9a1b2c" in text
    assert "RuntimeError: order [order number] of [e-mail]" in text
    assert "KeyError: '[e-mail]'" in text
    assert "Stack (most recent call last)" in text
    assert ADDRESS not in text.replace(f'ADDRESS = "{ADDRESS}"', "")


def test_arguments_that_do_not_fit_are_masked_too(written: io.StringIO) -> None:
    logging.getLogger("some.vendor").warning("%d parcels", ADDRESS)
    assert "%d parcels ('[e-mail]',)" in written.getvalue()
