"""The weekly report in a model's words: said only if every number is a fact, else the rules' words stand.

A model is given facts and the rules' text as a draft, and may word them better. Each number of its text is matched to
one fact; what does not hold is told to it and tried again. Whatever else happens - no answer, no budget, no time - the
rules have written already.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.injections import holds_order
from agents.models.calls import Job, NoWords
from agents.models.policy import Specialist
from agents.models.room import ModelRoom
from agents.prompting import Prompt, load_prompts
from agents.weekly.claims import Fact, FactSheet, Written, check
from agents.weekly.claims_findings import Findings
from agents.weekly.edition import Words
from agents.weekly.policy import WeeklyPolicy
from agents.weekly.report import SpecialistName
from agents.weekly.told_facts import as_data
from agents.weekly.words import RuleWriter, mark_of_sample

Text = Literal["finance", "marketing", "insights", "support", "summary"]

TOLD: Final[Mapping[Text, tuple[str, ...]]] = {
    "finance": (
        "gross_revenue", "net_revenue", "discounts", "refunds", "orders", "average_order_value", "new_customers",
        "marketing_spend", "cac_", "mer", "break_even_mer", "cash_balance", "gross_burn", "net_burn", "runway",
        "budget_variance", "pacing", "ltv_cac", "forecast", "policy.interval", "policy.cac_target",
        "policy.ltv_cac_target", "alerts",
    ),
    "marketing": ("channel.", "move.", "campaign.", "marketing_spend", "roas", "policy.move_share"),
    "insights": ("customers", "ltv_", "segment.", "churn", "cohort", "policy.churn"),
    "support": ("support_", "first_response_time", "nps_proxy", "topic.", "gap."),
    "summary": (
        "net_revenue", "new_customers", "marketing_spend", "cac_blended", "segment.At Risk", "alerts", "forecast.value",
    ),
}  # fmt: skip
"""How the names of the facts begin that each text is written from."""

UNTOLD: Final = "churn.first"
"""Facts about one customer: they are for people, no model is told them."""

LONGEST_NAME: Final = 80

log = logging.getLogger(__name__)


class WeeklyText(BaseModel):
    """The form in which a text of the report is written."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="The text, in plain sentences.")


class ModelWriter:
    """Implements `SectionWriter` for one run; `rules` write where no words of a model hold in time."""

    def __init__(self, policy: WeeklyPolicy, room: ModelRoom, rules: RuleWriter) -> None:
        self._policy = policy
        self._room = room
        self._rules = rules
        self._lock = threading.Lock()
        self._began: float | None = None

    def write(self, name: SpecialistName, findings: Findings) -> Written:
        """The text of one section."""
        return self._written(name, findings, lambda given: self._rules.write(name, given))

    def summary(self, findings: Findings) -> Written:
        """The headline; that the data are a sample is said by the rules, whoever writes the rest."""
        return self._written("summary", findings, self._rules.summary)

    def _written(self, name: Text, findings: Findings, rules: Callable[[Findings], Written]) -> Written:
        began = self._begin()
        sheet = findings.sheet.only(lambda fact: _is_told(fact, name))
        draft = rules(replace(findings, sheet=sheet, sample=False))
        if not draft.claims:  # nothing is known: there is nothing to word better
            return rules(findings)
        prompt = prompts()[f"weekly_{name}"]
        words = self._policy.words
        job = Job(
            specialist=_specialist(name),
            prompt=prompt.render(
                words=words.summary if name == "summary" else words.section,
                facts="\n".join(as_data(sheet)),
                draft=draft.text,
            ),
            form=WeeklyText,
            check=lambda value: complaints(
                value.text, sheet, words.summary if name == "summary" else words.section
            ),
            seconds=words.deadline_seconds,
            began=began,
        )
        try:
            said = self._room.write(job)
        except NoWords as failure:
            log.info("The rules' words stand for %s in place of a model's: %s", name, failure)
            return rules(findings)
        text = (
            " ".join([*mark_of_sample(findings), _tidy(said.value.text)])
            if name == "summary"
            else _tidy(said.value.text)
        )
        return Written(text, check(text, sheet).claims, Words(by=said.model, prompt=said.prompt))

    def _begin(self) -> float:
        """When the first text of this run was begun: all share one deadline."""
        with self._lock:
            if self._began is None:
                self._began = time.monotonic()
            return self._began


def complaints(text: str, sheet: FactSheet, words: int) -> list[str]:
    """What is wrong with a model's text, in words that it can act on."""
    text = _tidy(text)
    if not text:
        return ["The text is empty."]
    if len(text.split()) > words * 1.5:
        return [f"It has {len(text.split())} words; write fewer than {words}."]
    found = list(check(text, sheet).complaints)
    if re.search(r"https?:|www\.|[<>\[\]`#*|]", text):
        found.append("Write plain sentences, without markup, links and lists.")
    if holds_order(text):
        found.append("It repeats an instruction that stands in a name; leave that name out.")
    return found


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _is_told(fact: Fact, name: Text) -> bool:
    """Whether a model is told a fact for a text: what it is for, of nobody in person, with a name that is one."""
    mine = fact.name.startswith(TOLD[name]) and not fact.name.startswith(UNTOLD)
    return mine and not any(holds_order(each) or len(each) > LONGEST_NAME for each in fact.of)


def _specialist(name: Text) -> Specialist:
    return "supervisor" if name == "summary" else name


@lru_cache(maxsize=1)
def prompts() -> Mapping[str, Prompt]:
    """The prompts, read once."""
    return load_prompts()
