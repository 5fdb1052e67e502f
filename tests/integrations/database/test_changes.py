"""A reader that follows the changes meets every one of them, however many write at once."""

from __future__ import annotations

import threading

from integrations.database.conversations import Conversations
from integrations.database.engine import Store

WRITERS = 6
EACH = 25


def test_no_change_is_passed_over_while_many_write(store: Store) -> None:
    log = Conversations(store)
    conversations = [log.begin(None) for _ in range(WRITERS * EACH)]
    cursor = log.changes(-1).cursor
    seen: set[str] = set()

    def write(mine: list[str]) -> None:
        for conversation in mine:
            log.append(conversation, "system", "here")

    writers = [threading.Thread(target=write, args=(conversations[n::WRITERS],)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        changed = log.changes(cursor)
        cursor = changed.cursor
        seen.update(changed.conversations)
    seen.update(log.changes(cursor).conversations)
    assert seen == set(conversations)
