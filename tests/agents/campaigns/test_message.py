"""A template and a customer, made into a message."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.campaigns.message import LONGEST_BODY, Template, read_template
from agents.campaigns.mime import write_mime
from agents.errors import BadInput
from tests.campaign_mail import APPROVED, LINKS, POLICY, TEMPLATE, letter, message, parsed, part, recipient

RTL = "مريم"


def body(text: str) -> Template:
    return Template(subject="Hello", body=text)


def test_each_customer_reads_their_own_values() -> None:
    mail = message()
    assert mail.subject == "Jane, your Masala Chai misses you"
    assert "since your <strong>Masala Chai</strong>" in mail.html
    assert ">Oat Chai &amp; Tea</a>" in mail.html
    assert "A little something: 20% off" in mail.html
    assert mail.text.startswith("Hello Jane,\n\nit has been a while since your Masala Chai. Many go on with")
    assert "\n\n- fresh\n- 20% off\n\nTake 20% off: https://" in mail.text


def test_every_mail_says_who_writes_why_and_how_to_end_it() -> None:
    mail = message()
    for each in (mail.text, mail.html):
        assert POLICY.mail.postal_address in each
        assert POLICY.mail.why in each
        assert mail.unsubscribe_url in each
    assert mail.unsubscribe_url == LINKS.unsubscribe_url("c-1", mail.contact)


def test_links_lead_through_our_own_server_to_the_very_target() -> None:
    [product, cart] = re.findall(r'href="https://chat\.shop\.example/c/([^"]+)"', message().html)
    for link, target in (
        (product, "https://shop.example/p?a=1&b=2"),
        (cart, "https://shop.example/cart?code=BACK%2020"),
    ):
        token, _, query = link.partition("?to=")
        assert unquote(query) == target
        assert LINKS.read_click(token, target).campaign == "c-1"


def test_without_counting_links_are_left_as_they_are() -> None:
    direct = POLICY.model_copy(update={"mail": POLICY.mail.model_copy(update={"count_clicks": False})})
    mail = letter(policy=direct).message("c-1", recipient(), LINKS, APPROVED)
    assert "https://shop.example/cart?code=BACK%2020" in mail.text
    assert "/c/" not in mail.html


def test_nothing_is_loaded_and_nothing_runs() -> None:
    html = message().html
    assert not re.search(r"<(img|script|link|iframe|form)|url\(|@import|javascript:", html, re.IGNORECASE)
    assert html.count("<style>") == 1


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Zoë", "Hello Zoë,"),
        ("  Anna\r\nBcc: all@mail.example  Maria ", "Hello there,"),
        ("Anna\r\n\tMaria", "Hello Anna Maria,"),
        ("🍵 Tea", "Hello 🍵 Tea,"),
        ("👩‍👩‍👧", "Hello 👩‍👩‍👧,"),
        (RTL, f"Hello \u2068{RTL}\u2069,"),
        ("\u202eenaJ", "Hello enaJ,"),
        ("{{offer}}", "Hello there,"),
        ("{offer}", "Hello there,"),
        ("<b>Jane</b>", "Hello there,"),
        ("WIN NOW http://evil.example", "Hello there,"),
        ("www.evil.example", "Hello there,"),
        ("x" * 5000, "Hello there,"),
        ("   ", "Hello there,"),
        ("\ud83d", "Hello \ufffd,"),
        (None, "Hello there,"),
    ],
)
def test_a_strange_name_is_tidied_or_left_out(name: str | None, greeting: str) -> None:
    mail = message(first_name=name)
    assert mail.text.splitlines()[0] == greeting
    assert "\n" not in mail.subject
    read = parsed(write_mime(mail, mail.key))
    assert read["Bcc"] is None
    assert part(read, "plain").splitlines()[0] == greeting


def test_a_name_from_right_to_left_keeps_its_place_in_html() -> None:
    assert f"Hello <bdi>{RTL}</bdi>," in message(first_name=RTL).html


def test_values_are_text_and_never_read_again() -> None:
    mail = message(last_purchase="{offer_code} {{x}} **b** [a](https://evil.example) <i>&amp;")
    assert "your {offer_code} {{x}} **b** [a](https://evil.example) <i>&amp;." in mail.text
    shown = "{offer_code} {{x}} **b** [a](https://evil.example) &lt;i&gt;&amp;amp;"
    assert f"<strong>{shown}</strong>" in mail.html


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_value_breaks_out_of_its_place(first: str, product: str) -> None:
    mail = message(first_name=first, last_purchase=product, to_name=first)
    plain = message()
    tags = re.compile(r"<(?!/?bdi>)[^>]*>")
    assert tags.findall(mail.html) == tags.findall(plain.html)
    read = parsed(write_mime(mail, mail.key))
    assert [name for name, _ in read.items()] == [name for name, _ in parsed(write_mime(plain, "k")).items()]
    assert str(read["Subject"]) == mail.subject


@pytest.mark.parametrize("part_of", ["subject", "preheader", "body"])
@pytest.mark.parametrize("field", ["{nickname}", "{First Name}", "{}", "{first_name!r}", "{first_name.real}"])
def test_an_unknown_field_is_named_with_the_known_ones(part_of: str, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        letter(TEMPLATE.model_copy(update={part_of: f"Dear {field}"}))
    assert f"The {part_of} has the unknown field {field}" in str(refusal.value)
    assert "{first_name}" in str(refusal.value)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (body("Dear {{first_name}}"), "single ones"),
        (body("Dear {first_name"), "makes no field"),
        (body("Dear } you"), "makes no field"),
        (body("  \n"), "body is empty"),
        (body("x" * (LONGEST_BODY + 1)), "20,001"),
        (Template(subject=" ", body="x"), "subject is empty"),
        (Template(subject="x" * 200, body="x"), "subject has 200"),
        (body("![a](https://shop.example/a.png)"), "picture"),
        (body("[a](/tea)"), "whole address"),
        (body("[a](shop.example)"), "whole address"),
        (body("[a](javascript:alert(1))"), "whole address"),
        (body("[a]({offer})"), "whole address"),
        (body("[a](https://{offer_code})"), "whole address"),
    ],
)
def test_a_template_that_no_mail_can_be_made_of_says_why(template: Template, says: str) -> None:
    with pytest.raises(BadInput, match=re.escape(says)):
        letter(template)


def test_html_in_a_template_is_shown_as_it_is_written() -> None:
    mail = letter(body("<script>x</script>\n\na <b>c</b>")).message("c-1", recipient(), LINKS, APPROVED)
    assert "&lt;script&gt;" in mail.html
    assert "<b>" not in mail.html


@pytest.mark.parametrize("value", [None, "", "\x00"])
def test_a_field_that_must_be_known_keeps_the_mail_from_going(value: str | None) -> None:
    with pytest.raises(BadInput, match=r"\{offer\}"):
        message(offer=value)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "shop.example", "https://", "https://x y.example/\n<b>"]
)
def test_a_link_that_is_none_keeps_the_mail_from_going(url: str) -> None:
    with pytest.raises(BadInput, match=r"\{product_url\}"):
        message(product_url=url)


def test_a_template_says_what_has_to_be_known_of_a_customer() -> None:
    assert letter().needed == {"offer", "offer_code", "product_url"}
    assert read_template(body("Hello {first_name}"), POLICY).needed == frozenset()
