"""The apps' only door to the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from agents.asking import Audience
from agents.campaigns.campaign import CAMPAIGN
from agents.campaigns.contact_desk import ContactDesk
from agents.cases import Accepted
from agents.clean_text import clean
from agents.domain import (
    Changes,
    ConversationFilter,
    ConversationSummary,
    Decided,
    Decision,
    DeskFigures,
    Message,
    Mode,
    Place,
    Reply,
    Review,
    Standing,
    Vote,
)
from agents.effects import EffectStanding, EffectStatus
from agents.errors import BadInput, Forbidden, TooLong, TooMany
from agents.health import HealthDesk
from agents.knowledge import History, Knowledge
from agents.learning import Learning
from agents.masking import Masker
from agents.policy import SupportPolicy
from agents.ports import Services
from agents.privacy import Privacy
from agents.review_desk import ReviewDesk
from agents.support_bot import Rehearsal, SupportBot
from agents.team import Team
from agents.team_channel import ChannelStanding
from agents.team_sessions import TeamSessions
from agents.weekly.desk import WeeklyDesk

if TYPE_CHECKING:
    from agents.campaigns.desk import CampaignDesk
    from agents.inquiry.desk import InquiryDesk
    from knowledge_base.index import DocumentSummary, DocumentText, IndexStatus
    from knowledge_base.passages import Embedder

VOTE_REASON_LENGTH = 2000
FORGOTTEN_AFTER = timedelta(minutes=1)  # nobody answers a message for so long: its process was killed
FORGOTTEN_UNTIL = timedelta(days=7)

_PIECES = re.compile(r"\S+\s*|\s+")


class Session:
    """Questions in, replies out. One instance serves all threads of a process.

    `visitor=None` is a trusted caller (the command line, an evaluation). With a visitor, every read and write
    checks that the conversation is that visitor's and raises `Forbidden` otherwise.
    """

    def __init__(self, services: Services) -> None:
        """Open nothing heavy: model, index and graph are loaded by the first question, or by `warm`."""
        self._services = services
        self._log = services.log
        self._knowledge = Knowledge(services)
        masker = Masker(services.privacy)
        self.learning = Learning(services, self._knowledge, masker)
        """What the desk learns from people's answers."""
        self.privacy = Privacy(services, self._knowledge, masker, self.learning)
        """What customers are promised about their data."""
        self.health = HealthDesk(services, self._knowledge)
        """How the desk is, and how its answers came about."""
        self.weekly = WeeklyDesk(services, self._knowledge)
        """The weekly reports."""
        self.contacts = ContactDesk(services)
        """What customers do with the mails of campaigns."""
        self._bot = SupportBot(services, self._knowledge, self.privacy.mask_for("model"))
        self._desk = ReviewDesk(services, self._bot.resume)

    @cached_property
    def inquiries(self) -> InquiryDesk:
        """Questions about the numbers."""
        from agents.inquiry.desk import InquiryDesk  # noqa: PLC0415 - pandas; customers' questions do without

        return InquiryDesk(self._services, self.privacy.mask_for("model"))

    @cached_property
    def campaigns(self) -> CampaignDesk:
        """The campaigns."""
        from agents.campaigns.desk import CampaignDesk  # noqa: PLC0415 - as above

        return CampaignDesk(self._services)

    @property
    def policy(self) -> SupportPolicy:
        """The rules and words in force."""
        return self._services.policy

    @property
    def team(self) -> Team:
        """Who works here, and the record of what they did."""
        return self._services.open_team()

    @property
    def team_sessions(self) -> TeamSessions:
        """Who of them is signed in."""
        return self._services.open_team_sessions()

    def ask(
        self,
        text: str,
        conversation: str | None = None,
        visitor: str | None = None,
        audience: Audience | None = None,
    ) -> Reply:
        """Answer a message, in a new conversation where none is given; `audience` may hear it while it is written.

        Where a person is in the conversation, or has yet to come, the message is for them and `answer` is empty.

        Raises `TooLong`, `TooMany`, `BadInput`, and `Forbidden` for another visitor's conversation, before
        anything is stored. Where there is no usable index, a visitor's question goes to a person, and a trusted
        caller's raises `NeedsIngest`; it is stored then, and answered later.
        """
        accepted = self._accept(text, conversation, visitor)
        message = self._answer(accepted, audience, broken_is_an_error=visitor is None)
        if message is not None and message.reply is not None:
            return message.reply
        there = accepted.state == "person"
        return Reply(
            decision="escalate",
            answer="",
            confidence=0.0,
            conversation=accepted.message.conversation,
            reason="a person is in the conversation" if there else "waiting for a person",
            seconds=0.0,
            review=accepted.review,
        )

    def respond(
        self,
        text: str,
        conversation: str | None = None,
        visitor: str | None = None,
        audience: Audience | None = None,
    ) -> Message | None:
        """As `ask`, but gives the message that the desk has put into the log.

        None where the desk is silent, because a person is in the conversation or has yet to come.
        """
        accepted = self._accept(text, conversation, visitor)
        return self._answer(accepted, audience, broken_is_an_error=visitor is None)

    def respond_again(
        self,
        text: str,
        conversation: str | None,
        visitor: str,
        audience: Audience | None = None,
        *,
        since: datetime,
    ) -> Message | None:
        """As `respond`, for a message whose process ended after `since`: what it had done by then is not done twice."""
        said = self.messages(conversation, visitor) if conversation else []
        text = clean(text)
        stored = [at for at, each in enumerate(said) if _is_from_customer(each, text, since)]
        if not stored:
            return self.respond(text, conversation, visitor, audience)
        question = said[stored[-1]]
        after = [each for each in said[stored[-1] :] if each.role == "bot"]
        if after:
            return after[0]
        if self.standing(question.conversation).state in ("waiting", "person"):
            return None
        return self._bot.answer(question, audience, late=True)

    def _answer(
        self, accepted: Accepted, audience: Audience | None, *, broken_is_an_error: bool
    ) -> Message | None:
        """Let the bot answer a stored message, unless it is for a person."""
        if accepted.state in ("waiting", "person"):
            return None
        if accepted.unsettled is not None:
            self._desk.settle(accepted.unsettled)
        return self._bot.answer(accepted.message, audience, broken_is_an_error=broken_is_an_error)

    def stream(
        self, text: str, conversation: str | None = None, visitor: str | None = None
    ) -> Iterator[str | Reply]:
        """The answer word by word, then the whole reply; all is in the log before the first word comes."""
        reply = self.ask(text, conversation, visitor)
        yield from _PIECES.findall(reply.answer)
        yield reply

    def rehearse(self, text: str, history: History = (), mode: Mode = "offline") -> Rehearsal:
        """Decide on a question asked after `history` without storing anything; no limit applies.

        In mode `model` a model words it where there is one, which costs what it costs.
        """
        return self._bot.rehearse(clean(text), history, mode)

    def begin(self, visitor: str | None = None) -> str:
        """Open a conversation and return its id."""
        return self._log.begin(visitor)

    def latest(self, visitor: str) -> str | None:
        """The conversation in which the visitor was last active, or None."""
        return self._log.latest(visitor)

    def messages(self, conversation: str, visitor: str | None = None) -> list[Message]:
        """What was said in a conversation, in order."""
        self._check(conversation, visitor)
        return self._log.messages(conversation)

    def rate(
        self, message_id: int, vote: Vote, reason: str | None = None, visitor: str | None = None
    ) -> None:
        """Record a vote on something the desk or a person has said; the last vote counts."""
        message = self._log.message(message_id) if 0 < message_id < 2**63 else None
        if message is None:
            raise Forbidden(self.policy.texts.forbidden)
        self._check(message.conversation, visitor)
        if message.role not in ("bot", "person"):
            raise BadInput("Only a reply can be rated.")
        if vote not in ("up", "down"):
            raise BadInput(f"A vote is up or down, not {vote!r}.")
        reason = clean(reason or "")[:VOTE_REASON_LENGTH] or None
        self._log.vote(message_id, vote, reason)

    def reviews(self, status: str = "open", limit: int = 1000) -> list[Review]:
        """The reviews of a status (open, pending, taken, decided, all), oldest first."""
        return self._desk.reviews(status, limit)

    def review_of(self, conversation: str) -> Review | None:
        """The newest review of a conversation, or None."""
        return self._services.reviews.latest(conversation)

    def review(self, review: str) -> Review:
        """One review. Raises `BadInput` for an id that there is not."""
        return self._desk.review(review)

    def decide(self, review: str, decision: Decision) -> Decided:
        """Decide a review, or learn who was first. Raises `BadInput` where the decision makes no sense.

        A campaign is a review under its own id.
        """
        if review.startswith(CAMPAIGN):
            return self.campaigns.decide(review, decision)
        return self._desk.decide(review, decision)

    def say(
        self, conversation: str, text: str, by: str, origin: str = "shell", place: Place | None = None
    ) -> Message | Decided:
        """A person's further words to a customer; where a review waits, they are its answer.

        `place` is the message of the team's channel that holds these words: what is told of twice is said once.
        """
        return self._desk.say(conversation, text, by, origin, place)

    def settle(self, review: str) -> None:
        """Let the graph of a decided review go on; nothing where it has."""
        self._desk.settle(review)

    def typing(self, conversation: str) -> None:
        """The person in a conversation is typing just now."""
        self._desk.typing(conversation)

    def standing(self, conversation: str, visitor: str | None = None) -> Standing:
        """How a conversation stands, as its customer may know it."""
        self._check(conversation, visitor)
        return self._desk.standing(conversation)

    def leave_contact(self, conversation: str, address: str, visitor: str | None = None) -> str:
        """Remember the customer's e-mail address; gives it as stored. A wrong one raises `BadInput`."""
        self._check(conversation, visitor)
        return self._desk.leave_contact(conversation, address)

    def seen_by_customer(self, conversation: str, visitor: str | None = None) -> None:
        """The customer has the page open: what is said there need not go out by e-mail."""
        self._check(conversation, visitor)
        self._log.set_seen(conversation, self._services.now())

    def changes(self, since: int) -> Changes:
        """In which conversations anything changed after a cursor; -1 gives the present cursor. Cheap."""
        return self._log.changes(since)

    def conversations(self, find: ConversationFilter) -> list[ConversationSummary]:
        """The conversations that a filter admits, last active first."""
        return self._log.list(find)

    def figures(self, since: datetime, until: datetime) -> DeskFigures:
        """The desk's numbers over a period."""
        return self._services.ledger.figures(since, until, self.policy.people)

    def keep_promises(self) -> None:
        """Tell those who wait too long; answer what a killed process left; let quiet conversations rest."""
        self._desk.keep_promises()
        now = self._services.now()
        for question in self._log.unanswered(now - FORGOTTEN_AFTER, now - FORGOTTEN_UNTIL):
            self._bot.answer(question, late=True)

    def team_channel(self) -> ChannelStanding | None:
        """The team's channel, and what keeps messages from it; None where cases go to none."""
        return self._services.channel_book.standing()

    def effects(self, status: EffectStatus, limit: int = 100) -> list[EffectStanding]:
        """What has to be done outside, or was: the effects of a status, oldest first."""
        return self._services.outbox.standing(status, limit)

    def retry(self, effect: int) -> None:
        """Try a failed effect again. Raises `BadInput` for one that is not there or has not failed."""
        if not self._services.outbox.retry(effect, self._services.now()):
            raise BadInput(f"There is no failed effect {effect}. `gtm outbox` lists those that failed.")

    def document(self, name: str) -> DocumentText | None:
        """A whole document of the knowledge base, or None where there is none of that name."""
        return self._knowledge.document(name)

    def embedder(self) -> Embedder:
        """The model that the index is made and searched with; loaded when first asked for."""
        return self._knowledge.embedder()

    def documents(self) -> list[DocumentSummary]:
        """Every document of the knowledge base, by name."""
        return self._knowledge.documents()

    def status(self) -> IndexStatus:
        """How the index is."""
        return self._knowledge.status()

    def examples(self) -> list[str]:
        """Questions to begin with."""
        return list(self.policy.brand.examples)

    def warm(self) -> None:
        """Load everything that the first question needs; raises what that question would raise."""
        self._bot.warm()
        self._knowledge.warm()

    def close(self) -> None:
        """Let go of files and connections."""
        self._services.close()

    def _accept(self, text: str, conversation: str | None, visitor: str | None) -> Accepted:
        """Store a message that the policy admits, before anything else can fail."""
        limits, texts = self.policy.limits, self.policy.texts
        text = clean(text)
        if not text:
            raise BadInput(texts.empty)
        if len(text) > limits.message_length:
            raise TooLong(texts.too_long.format(length=len(text), limit=limits.message_length))
        if conversation is not None:
            self._check(conversation, visitor)
        since = self._services.now() - timedelta(minutes=1)
        gap = timedelta(hours=self.policy.people.episode_gap_hours)
        accepted = self._log.accept(
            text, conversation, visitor, at_most=limits.messages_a_minute, since=since, gap=gap
        )
        if accepted is None:
            raise TooMany(texts.too_many)
        return accepted

    def _check(self, conversation: str, visitor: str | None) -> None:
        known = self._log.conversation(conversation)
        if visitor is not None and (known is None or known.visitor != visitor):
            raise Forbidden(self.policy.texts.forbidden)
        if known is None:
            raise BadInput(
                f"There is no conversation {conversation!r} here. Leave it out to begin a new one, "
                "or take the id that an earlier reply gave."
            )


def _is_from_customer(message: Message, text: str, since: datetime) -> bool:
    return message.role == "customer" and message.text == text and message.at >= since
