"""Personal data are found by what they are, and little else is taken for them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.masking import EVERYWHERE, Masker, Part, is_card_number, is_iban
from agents.names import names_in_address
from agents.privacy_policy import KINDS, load_privacy_policy

MASKER = Masker(load_privacy_policy())

PERSONAL = [
    ("Write to anna.smith+tea@mail.example.co.uk!", "Write to [e-mail]!"),
    ("GET /find?q=anna%40mail.example", "GET /find?q=[e-mail]"),
    ("Call (303) 555-0142 or +44 20 7946 0958.", "Call [phone] or [phone]."),
    ("call me at 020 7946 0958", "call me at [phone]"),
    ("My number is 3035550142", "My number is [phone]"),
    ("card 4111 1111 1111 1111, Amex 3782-822463-10005", "card [card number], Amex [card number]"),
    ("DE89 3704 0044 0532 0130 00 is it", "[bank account] is it"),
    ("pay GB82WEST12345698765432 now", "pay [bank account] now"),
    ("my order TP-1234567 and tp7654321", "my order [order number] and [order number]"),
    ("order #98765, order no. A-1234", "order #[order number], order no. [order number]"),
    ("42 Elm Street, Apt 4B, Denver, CO 80202", "[address]"),
    ("to 12 old mill rd, please", "to [address], please"),
    ("Hauptstraße 12, 10115 Berlin", "[address]"),
    ("12 rue de la Paix, 75002 Paris", "[address]"),
    ("I live at 7 Old Mill Way, Apt 2", "I live at [address]"),
    ("P.O. Box 99", "[address]"),
    ("in Boulder, CO 80302 or SW1A 1AA", "in [address] or [address]"),
    ("my zip code is 80202", "my zip code is [address]"),
]
ORDINARY = [
    "It takes 2 to 4 business days, or 10-14 days to Alaska.",
    "Open from 9:00 to 17:00 Denver time, Monday to Friday.",
    "A 250 g pouch costs $30.00 and makes 100 cups; 1 kg is 98.00 USD.",
    "Between November 15 and December 23, 2026, or 12/24/2026 08:30.",
    "2026-11-21 14:26:41 INFO generation 12345 in 0.1234 s, pid 20412",
    "SKU-12345, TP-SUMMIT-250, RFC 8259, ISO 7812-1, version 1.2.3.4",
    "The pouch is 100 % cotton; 32 fl oz (946 ml) is one bottle.",
    "It is a 24 hour drive, 5 minutes by the way, 3 small pouches in 10 ways.",
    "I ordered 2 big Trail Samplers and 1 Peak Chest by the way, 3 cups in a row.",
    "Is 5 Summit Tin sets a good place to start? The 3 best blends in St. Louis!",
    "Order 2000 tins in 2026 and you get 15 percent off orders over 100.",
    "Card numbers have 16 digits; 4111 1111 1111 1112 is none.",
    "Steep 3 cups for 5 minutes at 95 degrees, then close the lid.",
    "the conversation Zk3vQ9x0Tn2bYw8LrF4d1g of 550e8400-e29b-41d4-a716-446655440000",
]


@pytest.mark.parametrize(("text", "masked"), PERSONAL)
def test_personal_data_give_way_to_a_word(text: str, masked: str) -> None:
    assert MASKER.mask(text).text == masked


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(text: str) -> None:
    assert MASKER.mask(text).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my name is John O'Neil, thanks", "my name is [name], thanks"),
        ("Dear Anna, here it is. Anna, bye!", "Dear [name], here it is. [name], bye!"),
        ("Hi Maria Garcia-Lopez,\nYour tin", "Hi [name],\nYour tin"),
        ("Mr. Miller's tin", "Mr. [name]'s tin"),
        ("All is well.\n\nKind regards,\nTom", "All is well.\n\nKind regards,\n[name]"),
        ("We refunded $42.50 and 12 euros.", "We refunded [amount] and [amount]."),
        (
            "Hello there, Yes, Rose Peak. Sorry, Friday is late.",
            "Hello there, Yes, Rose Peak. Sorry, Friday is late.",
        ),
        ("Dear customer, thanks, Two Peaks", "Dear customer, thanks, Two Peaks"),
    ],
)
def test_what_shall_be_learned_also_loses_names_and_amounts(text: str, masked: str) -> None:
    assert MASKER.mask(text, KINDS).text == masked
    assert MASKER.mask(text).text == text


def test_known_names_are_masked_wherever_they_stand() -> None:
    masked = MASKER.mask(
        "The parcel of Anna Smith is late, Smith said.", KINDS, known_names=["Anna", "Smith"]
    )
    assert masked.text == "The parcel of [name] [name] is late, [name] said."
    assert names_in_address("anna.smith@mail.example") == ("Anna", "Smith")
    assert names_in_address("info@mail.example") == ()


def test_the_parts_are_told_in_order_and_may_be_spared() -> None:
    text = "a@b.example, 303-555-0142, c@d.example"
    masked = MASKER.mask(text, spared=lambda part: part.text == "a@b.example")
    assert masked.text == "a@b.example, [phone], [e-mail]"
    assert masked.found == (Part("phone", "303-555-0142"), Part("e-mail", "c@d.example"))
    assert MASKER.mask(text, EVERYWHERE - {"e-mail"}).text == "a@b.example, [phone], c@d.example"


def test_in_the_sample_documents_only_the_shops_own_addresses_are_found(sample_documents: Path) -> None:
    text = "\n".join(file.read_text("utf-8") for file in sorted(sample_documents.glob("*.md")))
    found = {part.text for part in MASKER.mask(text).found}
    assert found
    assert all(part.endswith("@twopeakschai.example") or part.startswith("303-555-01") for part in found)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
LOCAL = st.from_regex(r"[a-z][a-z0-9]{0,10}([._+-][a-z0-9]{1,10}){0,2}", fullmatch=True)
DOMAIN = st.from_regex(r"[a-z][a-z0-9]{0,10}(\.[a-z][a-z0-9]{1,8}){0,2}\.[a-z]{2,6}", fullmatch=True)


@given(WORDS, LOCAL, DOMAIN, WORDS)
def test_no_address_survives_among_any_words(before: str, local: str, domain: str, after: str) -> None:
    address = f"{local}@{domain}"
    masked = MASKER.mask(f"{before} {address} {after}")
    assert address not in masked.text
    assert MASKER.mask(masked.text).text == masked.text


@given(st.from_regex(r"[3-6][0-9]{14}", fullmatch=True), st.sampled_from(["", " ", "-"]), WORDS)
def test_no_card_number_survives_in_any_spelling(digits: str, between: str, after: str) -> None:
    check = next(d for d in "0123456789" if luhn(digits + d))
    number = between.join((digits + check)[at : at + 4] for at in range(0, 16, 4))
    assert number not in MASKER.mask(f"card {number}; {after}").text


def luhn(digits: str) -> bool:
    numbers = [int(d) for d in reversed(digits)]
    return sum(n if not k % 2 else sum(divmod(2 * n, 10)) for k, n in enumerate(numbers)) % 10 == 0


@given(st.from_regex(r"[0-9]{13,19}", fullmatch=True))
def test_a_card_number_is_what_luhn_says(digits: str) -> None:
    expected = luhn(digits) and digits[0] in "23456" and len(set(digits)) > 1
    assert is_card_number(digits) == expected


@given(st.from_regex(r"[A-Z0-9]{11,25}", fullmatch=True), st.sampled_from(["DE", "GB", "FR"]))
def test_an_iban_is_what_its_check_digits_say(account: str, country: str) -> None:
    number = int("".join(str(int(letter, 36)) for letter in f"{account}{country}00"))
    check = 98 - number % 97
    assert is_iban(f"{country}{check:02}{account}")
    assert not is_iban(f"{country}{2 + (check - 1) % 96:02}{account}")


@given(st.text(max_size=200))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = MASKER.mask(text, KINDS)
    assert MASKER.mask(once.text, KINDS).text == once.text


@pytest.mark.parametrize(
    "piece", ["1 ", "a", "12 elm ", "a@", "1-", "\n", "Hi ", "DE89 ", "(1", "order ", "Best\n"]
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    started = time.process_time()
    MASKER.mask((piece * 20_000)[:20_000], KINDS)
    assert time.process_time() - started < 2
