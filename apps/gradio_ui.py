"""The customers' chat page: Gradio serves it, `static/chat.js` draws it, `apps.chat_calls` answers its calls."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any, Final

import gradio as gr

from agents.policy import SupportPolicy

_TEMPLATE: Final = Path(__file__).with_name("static") / "chat.html"
_START: Final = """
import(new URL("chat/chat.js", document.baseURI)).then((page) => page.start(element, props.value));
"""


def build_chat(policy: SupportPolicy, *, models: bool) -> gr.Blocks:
    """The chat as Gradio blocks, to be mounted by `apps.server`."""
    blocks = gr.Blocks(title=policy.brand.name, analytics_enabled=False, fill_height=True, fill_width=True)
    with blocks:
        gr.HTML(
            _page_words(policy, models=models),
            html_template=_TEMPLATE.read_text("utf-8").replace("{brand}", escape(policy.brand.name)),
            js_on_load=_START,
            apply_default_css=False,
            elem_id="chat-page",
        )
    # Nothing is ever queued, yet Gradio would look for work every millisecond.
    blocks._queue.sleep_when_free = 60
    return blocks


def _page_words(policy: SupportPolicy, *, models: bool) -> dict[str, Any]:
    """What the page needs to know before the first call."""
    brand = policy.brand
    return {
        "brand": brand.name,
        "welcome": brand.welcome,
        "placeholder": brand.placeholder,
        "examples": list(brand.examples),
        "offline": brand.model_note if models else brand.offline_note,
        "limit": policy.limits.message_length,
    }
