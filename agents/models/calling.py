"""One call to a model: asked in a way that its host knows, cut off in time, read, checked, and kept in the ledger."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from agents.alerts import Alarm
from agents.background import BackgroundLoop, Left
from agents.errors import DeskError, ModelDown, ModelMisused, ModelRefused
from agents.models.calls import Attempt, Ending, Form, Headroom, NoWords, Way
from agents.models.hosts import ModelHost, ModelHosts
from agents.models.ledger import ModelLedger
from agents.models.reading import Reading
from agents.models.standing import ModelStandings
from agents.models.ways import Ways

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage


@dataclass(frozen=True, slots=True)
class Said(Generic[Form]):
    """What a model said: as it is written, as the value that it makes, and what is wrong with it."""

    text: str
    value: Form | None
    complaints: Sequence[str]
    tokens: int
    headroom: Headroom | None


class ModelCaller:
    """Makes calls; one instance serves all threads. `alarm` tells people that a key is refused."""

    def __init__(
        self,
        hosts: ModelHosts,
        ledger: ModelLedger,
        standings: ModelStandings,
        alarm: Alarm,
    ) -> None:
        self._hosts = hosts
        self._ledger = ledger
        self._standings = standings
        self._alarm = alarm
        self._loop = BackgroundLoop()
        self._ways = Ways()

    def close(self) -> None:
        """Cut off what still runs."""
        self._loop.close()

    def call(self, attempt: Attempt[Form], messages: Sequence[BaseMessage]) -> Said[Form]:
        """What a model said to messages. Raises `ModelDown` where another attempt is worth it, else `NoWords`."""
        job, streamed = attempt.job, attempt.job.hear is not None
        try:
            host = self._hosts.of(attempt.model)
        except ModelMisused as error:
            raise self._unanswered(error, attempt, "") from error
        way = self._ways.of(host.address)
        while True:
            reading = Reading(job.form, messages)
            try:
                complaints = self._listen(attempt, host, messages, way, reading)
            except TimeoutError as error:
                self._failed(attempt, "late", reading=reading)
                if job.left() <= 0:
                    raise NoWords("late", f"{attempt.model} took longer than {job.seconds:g} s") from error
                raise ModelDown(f"{attempt.model} did not answer in time") from error
            except Left as error:
                self._standings.breaker(attempt.model).withdrawn()
                self._enter(attempt, "gone", reading)
                raise NoWords("gone") from error
            except Exception as error:
                known = host.translate(error)
                other = self._ways.another(host.address, way, known, streamed=streamed)
                if other is not None and job.left() > 0:
                    way = other
                    continue
                raise self._unanswered(known, attempt, host.address) from error
            self._ways.worked(host.address, way, streamed=streamed)
            self._standings.answered(attempt.model, reading.headroom)
            return self._read(attempt, reading, complaints)

    def _listen(
        self,
        attempt: Attempt[Form],
        host: ModelHost,
        messages: Sequence[BaseMessage],
        way: Way,
        reading: Reading[Form],
    ) -> list[str]:
        """Put together what comes, and let the job hear it; its complaints end the call."""
        job = attempt.job
        chat = host.asked(attempt.settings, attempt.model, job.form, way)
        if job.hear is None:
            message = self._loop.run(chat.ainvoke(list(messages)), attempt.seconds(), job.presence)
            reading.add(message)
            reading.headroom = host.headroom(message)
            return []
        heard = None
        with closing(
            self._loop.stream(chat.astream(list(messages)), attempt.seconds(), job.presence)
        ) as pieces:
            for batch in pieces:
                for message in batch:
                    reading.add(message)
                    reading.headroom = reading.headroom or host.headroom(message)
                partial = reading.partial()
                if partial is not None and partial != heard:
                    heard = partial
                    if complaints := list(job.hear(partial)):
                        return complaints
        return []

    def _read(self, attempt: Attempt[Form], reading: Reading[Form], complaints: list[str]) -> Said[Form]:
        """What the words come to, entered into the ledger."""
        value: Form | None = None
        ending: Ending = "ungrounded"
        if not complaints:
            value, complaints = reading.value()
            ending = "malformed" if value is None else "ok"
        if value is not None:
            complaints = list(attempt.job.check(value))
            ending = "ungrounded" if complaints else "ok"
        self._enter(attempt, ending, reading, "; ".join(complaints))
        sent, came, _ = reading.tokens()
        return Said(reading.text, value, complaints, sent + came, reading.headroom)

    def _unanswered(self, error: DeskError, attempt: Attempt[Form], address: str) -> Exception:
        """What a call that was not answered means: worth another attempt, or the end."""
        if isinstance(error, ModelRefused):
            self._alarm.ring(f"{address} refused", f"The models' host does not accept our key: {error}")
            self._failed(attempt, "refused", str(error))
            return NoWords("refused", str(error))
        if isinstance(error, ModelDown):
            self._failed(attempt, "down", str(error))
            return error
        self._failed(attempt, "misused", str(error))
        return NoWords("misused", str(error))

    def _failed(
        self, attempt: Attempt[Form], ending: Ending, detail: str = "", reading: Reading[Form] | None = None
    ) -> None:
        self._standings.failed(attempt.model)
        self._enter(attempt, ending, reading, detail)

    def _enter(
        self, attempt: Attempt[Form], ending: Ending, reading: Reading[Form] | None, detail: str = ""
    ) -> None:
        """Enter a call into the ledger; what was cut off is charged for all the same, by what came of it."""
        sent, came, remark = (0, 0, "") if reading is None else reading.tokens()
        seconds = time.monotonic() - attempt.began
        self._ledger.call(attempt, ending, seconds, (sent, came), "; ".join(filter(None, (detail, remark))))
