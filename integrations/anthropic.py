"""Claude on Anthropic's own host, for those who have installed the extra `anthropic`."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr

from agents.errors import BadInput, DeskError, ModelDown, ModelMisused, ModelRefused
from agents.lazy import Lazy
from agents.models.calls import Headroom, Way
from agents.models.policy import SpecialistModel
from agents.prompting import Rendered

if TYPE_CHECKING:
    from langchain_anthropic import ChatAnthropic
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

PREFIX = "claude"  # names of models that begin so are asked here


class AnthropicModels:
    """Implements `ModelHost`; models are built once and share their connections."""

    def __init__(self, key: str, base_url: str | None) -> None:
        """Nothing is imported or connected before the first call. Raises `BadInput` where the extra is missing."""
        if importlib.util.find_spec("langchain_anthropic") is None:
            raise BadInput(
                "ANTHROPIC_API_KEY is set, but the extra for it is not installed. "
                "Run `pip install 'gtm-desk[anthropic]'`, or unset the key."
            )
        self._key = key
        self._base_url = base_url
        self._built: dict[tuple[str, float, int, float], Lazy[ChatAnthropic]] = {}

    @property
    def address(self) -> str:
        """The base URL, where it is not the vendor's own."""
        return self._base_url or "Anthropic"

    def warm(self, settings: SpecialistModel, model: str) -> None:
        """Import and build what a call needs."""
        self._chat(settings, model)

    def asked(
        self, settings: SpecialistModel, model: str, form: type[BaseModel], way: Way
    ) -> Runnable[Any, BaseMessage]:
        """The model of that name, made to call a function with the form; it knows no other way, and always counts."""
        del way
        return self._chat(settings, model).bind_tools([form], tool_choice=form.__name__)

    def headroom(self, said: BaseMessage) -> Headroom | None:
        """Nothing: the library does not hand on what the host says of its limits."""
        del said
        return None

    def say(self, settings: SpecialistModel, prompt: Rendered) -> str:
        """What the specialist's model makes of a prompt, as plain text. Raises in our words."""
        import anthropic  # noqa: PLC0415

        try:
            answer = self._chat(settings, settings.model).invoke(
                [("system", prompt.system), ("user", prompt.user)]
            )
        except anthropic.AnthropicError as error:
            raise self.translate(error) from error
        return str(answer.text)

    def check(self) -> list[str]:
        """The names of the host's models. Raises what keeps us from them, in our words."""
        import anthropic  # noqa: PLC0415

        try:
            with anthropic.Anthropic(
                api_key=self._key, base_url=self._base_url, timeout=5, max_retries=0
            ) as client:
                return [model.id for model in client.models.list(limit=1000)]
        except anthropic.AnthropicError as error:
            raise self.translate(error) from error

    def translate(self, error: Exception) -> DeskError:
        """The vendor's error in our words."""
        import anthropic  # noqa: PLC0415

        said = f"{type(error).__name__}: {str(error)[:300]}"
        if not isinstance(error, anthropic.APIStatusError):
            return ModelDown(said)  # no connection, a line that broke, an answer that cannot be read
        if error.status_code in (401, 402, 403):
            return ModelRefused(said)
        if error.status_code in (408, 409, 429) or error.status_code >= 500:
            return ModelDown(said, retry_after=_seconds(error.response.headers.get("retry-after", "")))
        return ModelMisused(said)

    def _chat(self, settings: SpecialistModel, model: str) -> ChatAnthropic:
        which = (model, settings.temperature, settings.max_tokens, settings.timeout_seconds)
        return self._built.setdefault(which, Lazy(lambda: self._build(settings, model)))()

    def _build(self, settings: SpecialistModel, model: str) -> ChatAnthropic:
        from langchain_anthropic import ChatAnthropic  # noqa: PLC0415 - a second to import

        return ChatAnthropic(
            model=model,
            api_key=SecretStr(self._key),
            base_url=self._base_url,
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
            timeout=settings.timeout_seconds,
            max_retries=0,
        )


def _seconds(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        return None
