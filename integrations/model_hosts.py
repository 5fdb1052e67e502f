"""The hosts of chat models whose keys are set."""

from __future__ import annotations

from agents.models.hosts import ModelHost, ModelHosts
from integrations.settings import Settings


def open_model_hosts(settings: Settings) -> ModelHosts | None:
    """The hosts; None without any key. A key whose extra is not installed raises `BadInput`."""
    hosts: list[tuple[str, ModelHost]] = []
    if settings.anthropic_api_key is not None:
        from integrations.anthropic import PREFIX, AnthropicModels  # noqa: PLC0415

        key = settings.anthropic_api_key.get_secret_value()
        hosts.append((PREFIX, AnthropicModels(key, settings.anthropic_base_url)))
    if settings.openai_api_key is not None:
        from integrations.openai import OpenAIModels  # noqa: PLC0415

        hosts.append(("", OpenAIModels(settings.openai_api_key.get_secret_value(), settings.openai_base_url)))
    return ModelHosts(hosts) if hosts else None
