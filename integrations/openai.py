"""Chat models of any host that speaks OpenAI's chat completions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from agents.errors import DeskError, ModelDown, ModelMisused, ModelRefused
from agents.lazy import Lazy
from agents.model_policy import SpecialistModel
from agents.prompting import Rendered

if TYPE_CHECKING:
    import openai
    from langchain_core.language_models import BaseChatModel
    from langchain_openai import ChatOpenAI


class OpenAIModels:
    """Implements `ChatModels`; models are built once and share their connections."""

    def __init__(self, key: str, base_url: str | None) -> None:
        """Nothing is imported or connected before the first call."""
        self._key = key
        self._base_url = base_url
        self._built: dict[tuple[str, float, int], Lazy[ChatOpenAI]] = {}

    def chat(self, settings: SpecialistModel, model: str) -> BaseChatModel:
        """The model of that name with the settings' temperature and length; it makes one attempt."""
        which = (model, settings.temperature, settings.max_tokens)
        return self._built.setdefault(which, Lazy(lambda: self._build(settings, model)))()

    def _build(self, settings: SpecialistModel, model: str) -> ChatOpenAI:
        from langchain_openai import ChatOpenAI  # noqa: PLC0415 - a second to import

        return ChatOpenAI(
            model=model,
            api_key=SecretStr(self._key),
            base_url=self._base_url,
            temperature=settings.temperature,
            max_completion_tokens=settings.max_tokens,
            timeout=settings.timeout_seconds,
            max_retries=0,
        )

    def say(self, settings: SpecialistModel, prompt: Rendered) -> str:
        """What the specialist's model makes of a prompt, as plain text. Raises in our words."""
        import openai  # noqa: PLC0415

        try:
            answer = self.chat(settings, settings.model).invoke(
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
                return ModelDown(said, broken=broken, retry_after=_retry_after(error))
            case openai.APIStatusError():
                return ModelMisused(said)
        # No connection, a line that broke, an answer that cannot be read.
        return ModelDown(said)


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds that the host asks to wait, where it says so in seconds."""
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "")))
    except ValueError:
        return None


def open_host(key: SecretStr | None, base_url: str | None) -> OpenAIModels | None:
    """The host whose key is set; None without one."""
    return None if key is None else OpenAIModels(key.get_secret_value(), base_url)
