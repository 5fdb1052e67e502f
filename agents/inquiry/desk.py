"""Questions about the numbers, from whatever door: read by rules, or by a model where these do not suffice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from agents.clean_text import clean
from agents.inquiry.assignment import AskBack, Assignment, CannotKnow, Plan
from agents.inquiry.finding import Finding
from agents.inquiry.following import go_on, picked, points_back
from agents.inquiry.lexicon import Lexicon
from agents.inquiry.planning import EXAMPLES, Planner
from agents.inquiry.reading import Reading, read
from agents.inquiry.routing import Route, route
from agents.inquiry.spans import Calendar
from agents.inquiry.writing_context import Context
from agents.knowledge import History
from agents.ports import Services
from agents.weekly.report import SpecialistName
from analytics.inquiries.business import Business
from analytics.tables import Standing

if TYPE_CHECKING:
    from agents.inquiry.looking import Seen
    from agents.weekly.policy import WeeklyPolicy

LONGEST: Final = 500
"""Characters of a question about numbers; what is longer is none."""

NO_DATA: Final = (
    "There are no business data yet. Import some, as in `gtm data import orders.csv --kind orders`, or load a sample "
    "with `gtm data sample`."
)


@dataclass(frozen=True)
class _Known:
    """What the store holds, as of one state of it."""

    standing: Standing
    business: Business
    lexicon: Lexicon


class InquiryDesk:
    """Answers the team's questions about the numbers. Safe to share between threads."""

    def __init__(self, services: Services, mask: Callable[[str], str]) -> None:
        """Open nothing yet; `mask` is what may go to a model."""
        self._services, self._mask = services, mask
        self._lock = threading.Lock()
        self._known: _Known | None = None

    def route(self, question: str, history: History = ()) -> Route:
        """Whether a question is one for the documents or for the numbers; looks into no store."""
        if len(question) > LONGEST:
            return "documents"
        known = self._known or _nothing_known(self._policy)
        reading, follows = self._read(clean(question), history, known)
        return "numbers" if follows else route(question, reading)

    def answer(self, question: str, history: History = ()) -> Finding | None:
        """As `ask`; None for a question that is one for the documents."""
        return self.ask(question, history) if self.route(question, history) == "numbers" else None

    def ask(self, question: str, history: History = (), *, by_model: bool = True) -> Finding:
        """The answer, or what is not clear, or why it cannot be known.

        Raises what a store raises that is locked or gone. Where rules do not understand, a model reads it, unless
        `by_model` says no.
        """
        from agents.graphs.inquiry import InquiryGraph  # noqa: PLC0415 - langgraph

        question = clean(question)
        if not question:
            return Finding(kind="ask_back", question="", text="Ask something. You can ask:", choices=EXAMPLES)
        if len(question) > LONGEST:
            text = f"That is too long for a question about numbers: {len(question):,} characters, {LONGEST} at most."
            return Finding(kind="ask_back", question=question[:LONGEST], text=text, choices=EXAMPLES)
        known = self._learn()
        if not known.standing.filled:
            return Finding(kind="unknown", question=question, text=NO_DATA)
        run = _Run(self, known, self._policy, by_model=by_model)
        return InquiryGraph(run.understand, run.looks, run).run(question, history)

    @property
    def _policy(self) -> WeeklyPolicy:
        return self._services.open_weekly_policy()

    def _learn(self) -> _Known:
        """What the store holds now; read again only where it has changed."""
        from analytics.inquiries.business import read_business  # noqa: PLC0415 - pandas and the engine

        warehouse = self._services.open_warehouse()
        standing = warehouse.standing()
        with self._lock:
            if self._known is not None and self._known.standing == standing:
                return self._known
        business = Business()
        if standing.filled:
            with warehouse.reading() as tables:
                business = read_business(tables)
        known = _Known(standing, business, Lexicon(business, self._policy.attribution.paid_channels))
        with self._lock:
            self._known = known
        return known

    def _calendar(self, known: _Known) -> Calendar:
        today = self._services.now().astimezone(ZoneInfo(self._policy.timezone)).date()
        days = known.business.ordered
        return Calendar(today, *(days or (None, None)))

    def _read(self, question: str, history: History, known: _Known) -> tuple[Reading, bool]:
        """What rules make of a question after what was said, and whether it goes on from a question about numbers."""
        calendar = self._calendar(known)
        planner = Planner(known.business, calendar, known.lexicon)
        earlier: Reading | None = None
        choices: tuple[str, ...] = ()
        reading, follows = Reading(), False
        asked = [clean(text)[:LONGEST] for role, text in history if role == "customer"]
        for text in (*asked, question):
            text = picked(text, choices) or text  # noqa: PLW2901 - what it stands for
            reading = read(text, calendar, known.lexicon)
            follows = earlier is not None and points_back(text, reading)
            if earlier is not None and follows:
                reading = go_on(reading, earlier)
            elif route(text, reading) == "documents":
                earlier, choices = None, ()
                continue
            earlier = reading
            plan = planner.plan(reading)
            choices = plan.choices if not isinstance(plan, Assignment) else ()
        return reading, follows


def _nothing_known(policy: WeeklyPolicy) -> _Known:
    business = Business()
    return _Known(Standing(), business, Lexicon(business, policy.attribution.paid_channels))


class _Run:
    """One question on its way through the graph."""

    def __init__(self, desk: InquiryDesk, known: _Known, policy: WeeklyPolicy, *, by_model: bool) -> None:
        self._desk, self._known, self._policy = desk, known, policy
        self._may_ask_model = by_model
        self._read_by = "rules"

    def understand(self, question: str, history: History) -> Plan:
        """Rules first; a model where these leave something over, if there is one."""
        desk, known = self._desk, self._known
        calendar = desk._calendar(known)
        planner = Planner(known.business, calendar, known.lexicon)
        reading, _ = desk._read(question, history, known)
        plan = planner.plan(reading)
        if not isinstance(plan, AskBack) or reading.also or not self._may_ask_model:
            return plan
        found = self._by_model(question, history, calendar)
        if found is None:
            return plan
        other = planner.plan(found[0])
        if isinstance(other, AskBack):
            return plan
        self._read_by = found[1]
        return other

    def _by_model(self, question: str, history: History, calendar: Calendar) -> tuple[Reading, str] | None:
        from agents.inquiry.model_reading import ModelReader  # noqa: PLC0415 - only where rules do not suffice
        from agents.prompting import find_prompt  # noqa: PLC0415

        services = self._desk._services
        reader = ModelReader(services.open_models(), find_prompt("inquiry_query"), self._desk._mask)
        return reader.read(question, history, self._known.business, calendar)

    def looks(self, assignment: Assignment) -> Mapping[SpecialistName, Callable[[], Seen]]:
        """Who has to look at what."""
        from agents.inquiry.looking import Specialists  # noqa: PLC0415 - the engines

        days = self._known.business.ordered
        sample = self._known.standing.sample is not None
        return Specialists(self._desk._services, self._policy, sample, days[0] if days else None).looks(
            assignment
        )

    def answer(self, question: str, plan: Plan, seen: Mapping[SpecialistName, Seen]) -> Finding:
        """In words; what was not looked at, in its own."""
        from agents.inquiry.answering import Writer  # noqa: PLC0415 - the engines

        sample = self._known.standing.sample is not None
        if isinstance(plan, AskBack):
            return Finding(
                kind="ask_back", question=question, text=plan.text, choices=plan.choices, sample=sample
            )
        if isinstance(plan, CannotKnow):
            return Finding(
                kind="unknown", question=question, text=plan.text, choices=plan.choices, sample=sample
            )
        given = self._policy.attribution
        context = Context(
            currency=self._known.standing.currency or self._policy.currency,
            sample=sample,
            fewest=self._policy.inquiries.fewest,
            paid_channels=frozenset(given.paid_channels),
            attribution=given.window,
        )
        found = Writer(context).write(question, plan, seen)
        return found.model_copy(update={"read_by": self._read_by})
