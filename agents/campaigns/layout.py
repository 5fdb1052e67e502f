"""A template's Markdown as the two parts of a mail: HTML that any inbox shows, and plain text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from agents.campaigns.fields import Slot, link_target
from agents.errors import BadInput

_FONT: Final = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
_SERIF: Final = "'Iowan Old Style',Palatino,Georgia,serif"

# Inboxes drop style sheets more often than not: what matters stands on the tags, only the dark colours do not.
_STYLES: Final = {
    "p": "margin:0 0 18px",
    "h1": f"margin:0 0 18px;font:600 26px/1.25 {_SERIF}",
    "h2": f"margin:26px 0 12px;font:600 21px/1.3 {_SERIF}",
    "h3": f"margin:22px 0 10px;font:600 18px/1.35 {_SERIF}",
    "ul": "margin:0 0 18px;padding:0 0 0 22px",
    "ol": "margin:0 0 18px;padding:0 0 0 22px",
    "li": "margin:0 0 6px",
    "hr": "margin:26px 0;border:0;border-top:1px solid #e6dbcd",
    "blockquote": "margin:0 0 18px;padding:0 0 0 14px;border-left:3px solid #e6dbcd",
    "a": "color:#8a4322",
}
_BUTTON: Final = (
    "display:inline-block;padding:14px 26px;border-radius:10px;background-color:#8a4322;color:#ffffff;"
    "font-weight:600;text-decoration:none"
)
_DARK: Final = (
    ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    "@media (prefers-color-scheme:dark){"
    ".paper{background-color:#1a1613!important}.card{background-color:#241e1a!important;color:#f0e7dc!important;"
    "border-color:#3a3029!important}.soft{color:#b8a898!important}.link{color:#e5a570!important}"
    ".button{background-color:#e5a570!important;color:#1a1613!important}}"
    "@media (max-width:480px){.card{padding:26px 20px!important}}"
)
# Inboxes fill their preview with whatever comes next; this keeps it empty.
_AFTER_PREHEADER: Final = "&#847;&zwnj;&nbsp;" * 40


def read_body(marked: str, where: str) -> tuple[str, str, list[tuple[str | Slot, ...]]]:
    """The body as HTML and as text, fields and links still marked in both, and the targets of the links.

    `BadInput` for what a mail cannot carry: a picture, and a link that is no whole address.
    """
    tokens = _parser().parse(marked)
    targets: list[tuple[str | Slot, ...]] = []
    for token in tokens:
        _style(token)
        for child in token.children or ():
            if child.type == "image":
                raise BadInput(f"The {where} has a picture. Many inboxes hide them: say it in words.")
            if child.type == "link_open":
                targets.append(link_target(str(child.attrGet("href") or ""), where))
                child.attrs = {
                    "href": f"\ue000#{len(targets) - 1}\ue001",
                    "class": "link",
                    "style": _STYLES["a"],
                }
        if _is_button(token):
            (token.children or [])[0].attrs |= {"class": "button", "style": _BUTTON}
    html = str(_parser().renderer.render(tokens, _parser().options, {}))
    return html, _plain(tokens), targets


def frame(*, language: str, brand: str, preheader: str, body: str, footer: str) -> str:
    """The whole HTML around a body; `preheader`, `body` and `footer` are HTML, with fields still marked."""
    hidden = "display:none;max-height:0;overflow:hidden;opacity:0;mso-hide:all"
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="auto">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{escape(brand)}</title>\n<style>{_DARK}</style>\n</head>\n"
        '<body class="paper" style="margin:0;padding:0;background-color:#fbf7f1;-webkit-text-size-adjust:100%">\n'
        f'<div style="{hidden}">{preheader}{_AFTER_PREHEADER}</div>\n'
        '<table role="presentation" class="paper" width="100%" cellpadding="0" cellspacing="0" border="0" '
        'style="background-color:#fbf7f1">\n<tr><td align="center" style="padding:24px 12px">\n'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        'style="max-width:600px">\n'
        f'<tr><td class="soft" style="padding:0 4px 14px;color:#6b5c50;font:600 18px/1.3 {_SERIF}">'
        f"{escape(brand)}</td></tr>\n"
        '<tr><td class="card" style="padding:34px 36px 18px;background-color:#ffffff;color:#2c231d;'
        f"border:1px solid #e6dbcd;border-radius:14px;font:16px/1.6 {_FONT};overflow-wrap:break-word;"
        f'word-break:break-word">\n{body}</td></tr>\n'
        f'<tr><td class="soft" style="padding:18px 4px 0;color:#6b5c50;font:13px/1.6 {_FONT}">{footer}</td></tr>\n'
        "</table>\n</td></tr>\n</table>\n</body>\n</html>\n"
    )


@cache
def _parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
        ["code", "fence", "reference"]
    )
    # A target is checked and signed by us; quoting it here would hide its fields.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return markdown


def _style(token: Token) -> None:
    if token.nesting >= 0 and token.tag in _STYLES:
        token.attrSet("style", _STYLES[token.tag])


def _is_button(token: Token) -> bool:
    """Whether a paragraph is one link and nothing else."""
    children = token.children or []
    return (
        len(children) > 2
        and (children[0].type, children[-1].type) == ("link_open", "link_close")
        and sum(child.type == "link_open" for child in children) == 1
    )


def _plain(tokens: Sequence[Token]) -> str:
    """The same words without markup: paragraphs with blank lines between, items with dashes, links written out."""
    blocks: list[str] = []
    lists: list[list[int | None]] = []  # of each open list the next number, or None
    lead, tight = "", False
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                lists.append([None])
            case "ordered_list_open":
                lists.append([int(token.attrGet("start") or 1)])
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1][0]
                lead = "  " * (len(lists) - 1) + ("- " if number is None else f"{number}. ")
                lists[-1][0] = None if number is None else number + 1
            case "hr":
                blocks.append("---")
            case "inline":
                item, tight = bool(lead), bool(lists)
                words = lead + _words(token)
                if item and blocks and blocks[-1].endswith("\x00"):
                    blocks[-1] = blocks[-1][:-1] + "\n" + words
                else:
                    blocks.append(words)
                blocks[-1] += "\x00" if tight else ""  # another item may follow without a blank line
                lead = ""
            case _:
                pass
    return "\n\n".join(block.rstrip("\x00") for block in blocks)


def _words(inline: Token) -> str:
    button, said, href = _is_button(inline), "", ""
    start = 0
    for child in inline.children or ():
        match child.type:
            case "text" | "code_inline":
                said += child.content
            case "softbreak" | "hardbreak":
                said += "\n"
            case "link_open":
                start, href = len(said), str(child.attrGet("href"))
            case "link_close":
                said = f"{said}: {href}" if button else f"{said} ({href})" if said[start:] else href
            case _:
                pass
    return said
