"""Chat models of any host that speaks OpenAI's chat completions."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import BaseModel, SecretStr

from agents.errors import DeskError, ModelDown, ModelMisused, ModelRefused
from agents.lazy import Lazy
from agents.models.calls import Headroom, Way
from agents.models.policy import SpecialistModel
from agents.prompting import Rendered

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable
    from langchain_openai import ChatOpenAI
    from openai import AsyncOpenAI

_RAW: Final = {"X-Stainless-Raw-Response": "true"}
"""As the SDK asks itself for a response with its headers."""


class OpenAIModels:
    """Implements `ChatModels`; models are built once and share their connections."""

    def __init__(self, key: str, base_url: str | None) -> None:
        """Nothing is imported or connected before the first call."""
        self._key = key
        self._base_url = base_url
        self._built: dict[tuple[str, float, int, float, Way], Lazy[ChatOpenAI]] = {}

    @property
    def address(self) -> str:
        """The base URL, where it is not the vendor's own."""
        return self._base_url or "OpenAI"

    def warm(self, settings: SpecialistModel, model: str) -> None:
        """Import and build what a call needs."""
        self._chat(settings, model)

    def asked(
        self, settings: SpecialistModel, model: str, form: type[BaseModel], way: Way
    ) -> Runnable[Any, BaseMessage]:
        """The model of that name with the settings' temperature and length; it makes one attempt."""
        chat = self._chat(settings, model, way)
        if way.by == "function":
            tool = _tool(form)
            choice = {"type": "function", "function": {"name": tool["function"]["name"]}}
            return chat.bind(tools=[tool], tool_choice=choice, parallel_tool_calls=False)
        # In the extra body it is sent as it is: as an argument the SDK would read and judge the answer by itself.
        return chat.bind(extra_body={**(chat.extra_body or {}), "response_format": _schema(form)})

    def headroom(self, said: BaseMessage) -> Headroom | None:
        """The limits in the headers of a response."""
        headers = said.response_metadata.get("headers")
        return None if headers is None else read_headroom(headers)

    def _chat(self, settings: SpecialistModel, model: str, way: Way | None = None) -> ChatOpenAI:
        way = replace(way or Way(), by="schema")
        if self._base_url is None:
            way = replace(way, length="newer")
        which = (model, settings.temperature, settings.max_tokens, settings.timeout_seconds, way)
        return self._built.setdefault(which, Lazy(lambda: self._build(settings, model, way)))()

    def _build(self, settings: SpecialistModel, model: str, way: Way) -> ChatOpenAI:
        from langchain_openai import ChatOpenAI  # noqa: PLC0415 - a second to import

        chat = ChatOpenAI(
            model=model,
            api_key=SecretStr(self._key),
            base_url=self._base_url,
            temperature=settings.temperature,
            max_completion_tokens=None if way.length == "older" else settings.max_tokens,
            extra_body=None if way.length == "newer" else {"max_tokens": settings.max_tokens},
            timeout=settings.timeout_seconds,
            max_retries=0,
            stream_usage=way.counted,
            stream_chunk_timeout=None,  # whoever listens has a deadline; this would take a task for every event
            include_response_headers=True,
            use_responses_api=False,
        )
        chat.async_client = _Completions(chat.root_async_client)
        return chat

    def say(self, settings: SpecialistModel, prompt: Rendered) -> str:
        """What the specialist's model makes of a prompt, as plain text. Raises in our words."""
        import openai  # noqa: PLC0415

        try:
            answer = self._chat(settings, settings.model).invoke(
                [("system", prompt.system), ("user", prompt.user)]
            )
        except openai.OpenAIError as error:
            raise self.translate(error) from error
        return str(answer.content)

    def check(self) -> list[str]:
        """The names of the host's models. Raises what keeps us from them, in our words."""
        import openai  # noqa: PLC0415

        client = openai.OpenAI(api_key=self._key, base_url=self._base_url, timeout=5, max_retries=0)
        try:
            return [model.id for model in client.models.list()]
        except openai.OpenAIError as error:
            raise self.translate(error) from error

    def translate(self, error: Exception) -> DeskError:
        """The vendor's error in our words."""
        import openai  # noqa: PLC0415

        said = f"{type(error).__name__}: {str(error)[:300]}"
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return ModelRefused(said)
            case openai.RateLimitError() | openai.InternalServerError():
                broken = isinstance(error, openai.InternalServerError)
                return ModelDown(said, broken=broken, retry_after=_retry_after(error.response.headers))
            case openai.APIStatusError():
                return ModelMisused(said)
        # No connection, a line that broke, an answer that cannot be read.
        return ModelDown(said)


class _Completions:
    """What LangChain asks for completions: as the SDK's own, but a stream's events are left as they come.

    The SDK makes an object of each event, field by field, and LangChain makes a dictionary of it again: more than
    half of what a stream took us.
    """

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    @property
    def with_raw_response(self) -> Self:
        """LangChain wants the headers too."""
        return self

    async def create(self, *, extra_body: dict[str, Any] | None = None, **body: Any) -> Any:
        """The response; `parse` gives the completion, or the stream of its events."""
        if not body.get("stream"):
            return await self._client.chat.completions.with_raw_response.create(extra_body=extra_body, **body)
        from openai import AsyncStream  # noqa: PLC0415

        return await self._client.post(
            "/chat/completions",
            cast_to=object,
            body={**body, **(extra_body or {})},
            options={"headers": _RAW},
            stream=True,
            stream_cls=AsyncStream[object],
        )


@lru_cache(maxsize=64)
def _schema(form: type[BaseModel]) -> dict[str, Any]:
    """A form as a response format that admits nothing else."""
    from langchain_core.utils.function_calling import convert_to_openai_function  # noqa: PLC0415

    function = convert_to_openai_function(form, strict=True)
    named = {"name": function["name"], "schema": function["parameters"], "strict": True}
    return {"type": "json_schema", "json_schema": named}


@lru_cache(maxsize=64)
def _tool(form: type[BaseModel]) -> dict[str, Any]:
    """A form as a function."""
    from langchain_core.utils.function_calling import convert_to_openai_tool  # noqa: PLC0415

    return convert_to_openai_tool(form)


def read_headroom(headers: Mapping[str, str]) -> Headroom | None:
    """The limits that headers name; None where they name none."""
    found = Headroom(
        requests=_count(headers.get("x-ratelimit-remaining-requests")),
        tokens=_count(headers.get("x-ratelimit-remaining-tokens")),
        requests_reset=_seconds(headers.get("x-ratelimit-reset-requests")),
        tokens_reset=_seconds(headers.get("x-ratelimit-reset-tokens")),
        requests_limit=_count(headers.get("x-ratelimit-limit-requests")),
        tokens_limit=_count(headers.get("x-ratelimit-limit-tokens")),
    )
    return None if found == Headroom() else found


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"\d{1,15}", text) else None


def _seconds(text: str | None) -> float | None:
    """Seconds from a duration such as 6m0s, 1.5s or 20ms; None where it is none."""
    parts = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?", text or "")
    if not text or parts is None:
        return None
    try:
        numbers = [float(part or 0) for part in parts.groups()]
    except ValueError:
        return None
    return sum(number * unit for number, unit in zip(numbers, (86400, 3600, 60, 1, 0.001), strict=True))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the host asks to wait: said in seconds, or as a date."""
    said = headers.get("retry-after", "")
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None
