"""What Slack refuses in a message or a view, in one place: the local counterpart checks none of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

KEYS = {
    "section": {"type", "block_id", "text", "fields", "accessory", "expand"},
    "context": {"type", "block_id", "elements"},
    "context_actions": {"type", "block_id", "elements"},
    "actions": {"type", "block_id", "elements"},
    "header": {"type", "block_id", "text"},
    "image": {"type", "block_id", "slack_file", "image_url", "alt_text", "title"},
    "divider": {"type", "block_id"},
    "input": {"type", "block_id", "label", "element", "hint", "optional", "dispatch_action"},
    "button": {"type", "action_id", "text", "value", "style", "url", "confirm", "accessibility_label"},
    "feedback_buttons": {"type", "action_id", "positive_button", "negative_button"},
    "plain_text_input": {
        "type", "action_id", "initial_value", "multiline", "min_length", "max_length", "placeholder",
        "focus_on_load", "dispatch_action_config",
    },
    "static_select": {
        "type", "action_id", "options", "option_groups", "initial_option", "confirm", "focus_on_load", "placeholder",
    },
    "mrkdwn": {"type", "text", "verbatim"},
    "plain_text": {"type", "text", "emoji"},
}  # fmt: skip
TEXT = {"section": 3000, "context": 3000, "header": 150, "button": 75}
MOST = {"actions": 25, "context": 10, "context_actions": 5}
VIEW = {
    "type", "blocks", "title", "submit", "close", "callback_id", "private_metadata", "external_id",
    "clear_on_close", "notify_on_close",
}  # fmt: skip
STYLES = {"primary", "danger"}


def faults(blocks: list[dict[str, Any]], most: int = 50) -> list[str]:
    """Everything that is wrong with the blocks of a message, in words; a view takes 100."""
    found = [f"{len(blocks)} blocks, {most} may be"] if len(blocks) > most else []
    ids = Counter(each["block_id"] for each in blocks if "block_id" in each)
    found += [f"the block id {name!r} occurs {count} times" for name, count in ids.items() if count > 1]
    for block in blocks:
        found += _block(block)
    return found


def view_faults(view: dict[str, Any]) -> list[str]:
    """Everything that is wrong with a form or a home."""
    found = [f"unknown key {key!r} of a view" for key in set(view) - VIEW]
    for part, limit in (("title", 24), ("submit", 24), ("close", 24)):
        if len(view.get(part, {}).get("text", "")) > limit:
            found.append(f"{part} has more than {limit} characters")
    if len(view.get("private_metadata", "")) > 3000:
        found.append("private_metadata has more than 3000 characters")
    return found + faults(view["blocks"], 100)


def _block(block: dict[str, Any]) -> Iterator[str]:
    kind = block.get("type", "")
    if kind not in KEYS:
        yield f"unknown block {kind!r}"
        return
    yield from _keys(block)
    if len(block.get("block_id", "")) > 255:
        yield "a block id has more than 255 characters"
    if "text" in block:
        yield from _text(block["text"], TEXT.get(kind, 3000))
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield f"a section has {len(fields)} fields"
    for field in fields:
        yield from _text(field, 2000)
    if kind == "image" and not 1 <= len(block.get("alt_text", "")) <= 2000:
        yield "a picture has no words, or too many"
    elements = block.get("elements", [block["element"]] if "element" in block else [])
    if kind in MOST and not 1 <= len(elements) <= MOST[kind]:
        yield f"{kind} has {len(elements)} elements"
    actions = Counter(each["action_id"] for each in elements if "action_id" in each)
    for name, count in actions.items():
        if count > 1:
            yield f"the action id {name!r} occurs {count} times in a block"
    for element in elements:
        yield from _element(element)


def _element(element: dict[str, Any]) -> Iterator[str]:
    yield from _keys(element)
    if element["type"] in ("mrkdwn", "plain_text"):
        yield from _text(element, 3000)
        return
    if element["type"] == "button":
        yield from _text(element["text"], 75)
        if len(element.get("value", "")) > 2000:
            yield "a button's value has more than 2000 characters"
        if element.get("style", "primary") not in STYLES:
            yield f"unknown style {element['style']!r}"
    if element["type"] == "static_select":
        yield from _options(element)
    if element["type"] == "plain_text_input" and len(element.get("initial_value", "")) > 3000:
        yield "a field begins with more than 3000 characters"


def _options(select: dict[str, Any]) -> Iterator[str]:
    options = select["options"]
    if not 1 <= len(options) <= 100:
        yield f"a select has {len(options)} options"
    if len({each["value"] for each in options}) < len(options):
        yield "two options have the same value"
    for option in options:
        for key in set(option) - {"text", "value", "description"}:
            yield f"unknown key {key!r} of an option"
        yield from _text(option["text"], 75)
        if not 1 <= len(option["value"]) <= 150:
            yield "an option's value is empty, or too long"
    if "initial_option" in select and select["initial_option"] not in options:
        yield "the option that is chosen first is none"


def _keys(each: dict[str, Any]) -> Iterator[str]:
    known = KEYS.get(each["type"])
    if known is None:
        yield f"unknown element {each['type']!r}"
        return
    for key in set(each) - known:
        yield f"unknown key {key!r} of {each['type']}"


def _text(text: dict[str, Any], limit: int) -> Iterator[str]:
    yield from _keys(text)
    if not 1 <= len(text["text"]) <= limit:
        yield f"a text has {len(text['text'])} characters, {limit} may be"
