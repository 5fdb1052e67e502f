"""The support policy: a YAML file that reads like sentences, checked before it is used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar, get_args
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from agents.errors import BadInput

SHIPPED = Path(__file__).resolve().parents[1] / "policies"

# The same safe loader in C, where PyYAML was built with it, reads the file in a tenth of the time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Policy = TypeVar("Policy", bound="Section")
Probability = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class Section(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Brand(Section):
    """How the business presents itself in the chat."""

    name: Text
    welcome: Text
    placeholder: Text
    examples: Texts
    offline_note: Text
    model_note: Text


class Thresholds(Section):
    """The calibrated confidence from which the desk answers, and from which it asks back."""

    answer: Probability
    clarify: Probability

    @model_validator(mode="after")
    def ordered(self) -> Self:
        """Asking back must start below answering."""
        if self.clarify > self.answer:
            raise ValueError(f"clarify ({self.clarify}) must not be above answer ({self.answer})")
        return self


class Wording(Section):
    """A plain word for a confidence, from `at_least` upwards."""

    at_least: Probability
    word: Text


class Limits(Section):
    """How much a visitor may send, how long an answer gets, and when a conversation goes in circles."""

    message_length: Annotated[int, Field(ge=1)]
    messages_a_minute: Annotated[int, Field(ge=1)]
    answer_words: Annotated[int, Field(ge=20)]
    circle_turns: Annotated[int, Field(ge=2)]
    history_messages: Annotated[int, Field(ge=2)]


def known_zone_name(name: str) -> str:
    """The name, if it is a zone of the IANA time zone database; else `ValueError`."""
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone; write one like America/Denver or Europe/Berlin")
    return name


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Hours(Section):
    """The hours of a day, in a time zone."""

    timezone: Text
    opens: time
    closes: time

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        """A zone of the IANA time zone database."""
        return known_zone_name(name)

    @model_validator(mode="after")
    def in_order(self) -> Self:
        """A day must open before it closes."""
        if self.opens >= self.closes:
            raise ValueError(f"opens ({self.opens:%H:%M}) must come before closes ({self.closes:%H:%M})")
        return self


class People(Hours):
    """When people are there to answer, and what they promise."""

    zone_name: Text
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    holidays: tuple[date, ...] = ()
    first_response_minutes: Annotated[int, Field(ge=1, le=14 * 24 * 60)]
    quiet_hours: Annotated[float, Field(gt=0)]
    reopened_days: Annotated[float, Field(gt=0)]
    episode_gap_hours: Annotated[float, Field(gt=0)]
    away_seconds: Annotated[float, Field(gt=0)]


class Mail(Section):
    """How an answer reads that goes out by e-mail. Names in braces are filled in."""

    subject: Text
    answer: Text
    link: Text


class Delivery(Section):
    """How often something outside is tried, with pauses that double up to the longest."""

    attempts: Annotated[int, Field(ge=1, le=100)]
    first_pause_seconds: Annotated[float, Field(gt=0)]
    longest_pause_seconds: Annotated[float, Field(gt=0)]

    def pause(self, failed: int, chance: float) -> float | None:
        """Seconds to wait after so many failures, a quarter more or less by `chance` in [0, 1); None at the end."""
        if failed >= self.attempts:
            return None
        doubled = self.first_pause_seconds * 2.0 ** min(failed - 1, 60)
        return min(doubled, self.longest_pause_seconds) * (0.75 + chance / 2)


class Sayings(Section):
    """What the desk says where it does not quote a document. Names in braces are filled in."""

    clarify_between: Text
    clarify_one: Text
    clarify_open: Text
    chosen: Text
    escalate: Text
    broken: Text
    promise_open: Text
    promise_closed: Text
    late: Text
    joined: Text
    left: Text
    went_quiet: Text
    rejected: Text
    own_words: Text
    contact_wrong: Text
    empty: Text
    too_long: Text
    too_many: Text
    no_cookie: Text
    forbidden: Text
    failed: Text


Category = Literal["person", "legal", "safety", "security", "payment", "account_action", "angry", "circles"]


class HardRule(Section):
    """A rule that sends a message to a person whatever its score.

    `when` and `unless` hold patterns over one clause of the message, in lower case with plain apostrophes;
    {group} stands for any word of that group.
    """

    reason: Text
    reply: Text
    when: tuple[Text, ...] = ()
    unless: tuple[Text, ...] = ()


class SmallTalk(Section):
    """A message made only of such phrases gets `reply` and no search."""

    says: Texts
    reply: Text


class SupportPolicy(Section):
    """Everything that decides how the support desk behaves."""

    brand: Brand
    thresholds: Thresholds
    confidence_words: Annotated[tuple[Wording, ...], Field(min_length=1)]
    limits: Limits
    people: People
    mail: Mail
    delivery: Delivery
    texts: Sayings
    groups: dict[str, Texts]
    short_forms: dict[str, str]
    often_misspelled: tuple[Text, ...]
    hard_rules: dict[Category, HardRule]
    complaints: Texts
    small_talk: dict[str, SmallTalk]
    refers_to_choice: dict[Literal["first", "second", "none"], Texts]

    @field_validator("confidence_words")
    @classmethod
    def best_first(cls, words: tuple[Wording, ...]) -> tuple[Wording, ...]:
        """The words must cover every confidence down to 0."""
        ordered = tuple(sorted(words, key=lambda w: -w.at_least))
        if ordered[-1].at_least > 0:
            raise ValueError("the last word must start at_least: 0, so that every confidence has a word")
        return ordered

    @model_validator(mode="after")
    def complete(self) -> Self:
        """Every category has its rule and every pattern compiles."""
        missing = set(get_args(Category)) - set(self.hard_rules)
        if missing:
            raise ValueError(f"hard_rules lacks {', '.join(sorted(missing))}")
        for rule in self.hard_rules.values():
            for pattern in (*rule.when, *rule.unless):
                self.pattern(pattern)
        for talk in self.small_talk.values():
            for phrase in talk.says:
                self.pattern(phrase)
        for pattern in self.complaints:
            self.pattern(pattern)
        return self

    def pattern(self, text: str) -> re.Pattern[str]:
        """Compile one pattern of the policy, with its groups filled in, to match at word borders."""
        return re.compile(self.source(text))

    def source(self, text: str) -> str:
        """The regular expression behind one pattern. A broken one raises `ValueError` that shows it."""

        def fill(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in self.groups:
                raise ValueError(
                    f"{text!r} names the group {{{name}}}; known groups: {', '.join(sorted(self.groups))}"
                )
            return "(?:" + "|".join(self.groups[name]) + ")"

        source = r"(?<!\w)(?:" + re.sub(r"\{([a-z_]+)\}", fill, text) + r")(?!\w)"
        try:
            re.compile(source)
        except re.error as error:
            raise ValueError(f"{text!r} is not a pattern: {error}") from error
        return source

    def confidence_word(self, confidence: float) -> str:
        """The plain word for a confidence in [0, 1]."""
        return _word(confidence, self.confidence_words)

    def answer_word(self, confidence: float) -> str:
        """The same for what is answered from the documents: never the lowest, which is for what they do not say."""
        return _word(confidence, self.confidence_words[:-1] or self.confidence_words)


def _word(confidence: float, words: Sequence[Wording]) -> str:
    return next((w.word for w in words if confidence >= w.at_least), words[-1].word)


def load_policy(folder: Path | None = None) -> SupportPolicy:
    """The support policy of a folder, or the shipped one; `BadInput` names file and key where it is wrong."""
    return read_policy((folder or SHIPPED) / "support.yaml", SupportPolicy)


def read_policy(file: Path, kind: type[Policy]) -> Policy:
    """A policy from its file; `BadInput` names file and key where it is wrong."""
    try:
        loaded = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The policy {file} cannot be read: {error}. Give a folder with a {file.name}."
        ) from error
    except yaml.YAMLError as error:
        raise BadInput(f"The policy {file} is not YAML: {error}") from error
    if not isinstance(loaded, dict):
        raise BadInput(f"{file}: must be a table of keys; allowed: {_allowed(kind, ())}.")
    try:
        return kind.model_validate(loaded)
    except ValidationError as error:
        raise BadInput("\n".join(f"{file}: {_explain(kind, one)}" for one in error.errors())) from error


def _explain(kind: type[Section], error: ErrorDetails) -> str:
    """One mistake as: key: what is wrong; what is allowed."""
    path = error["loc"]
    key = ".".join(str(part) for part in path) or "the whole file"
    if error["type"] == "extra_forbidden":
        return f"{key}: unknown key; allowed here: {_allowed(kind, path[:-1])}."
    if error["type"] == "missing":
        return f"{key}: missing."
    message = error["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" + (f" (is {error['input']!r})" if not isinstance(error["input"], dict) else "")


def _allowed(section: type[BaseModel], path: tuple[int | str, ...]) -> str:
    """The keys of the section that a path leads to."""
    for part in path:
        field = section.model_fields.get(str(part))
        for candidate in (field.annotation, *get_args(field.annotation)) if field else ():
            if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                section = candidate
                break
    return ", ".join(section.model_fields)
