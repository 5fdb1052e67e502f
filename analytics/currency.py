"""Currencies: how many minor units one has, and how an amount is written."""

from __future__ import annotations

from typing import Final

# ISO 4217: those whose digits after the decimal mark are not two.
_WHOLE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS: Final = "BHD IQD JOD KWD LYD OMR TND"
_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}


def minor_units(currency: str) -> int:
    """How many of its smallest units a currency's unit has."""
    return 1 if currency in _WHOLE else 1000 if currency in _THOUSANDTHS else 100


def written(minor: float, currency: str) -> str:
    """An amount as a person writes it: with cents below a hundred, in whole units above."""
    units = minor_units(currency)
    amount = abs(minor) / units
    digits = 0 if units == 1 or amount >= 100 else 2 if units == 100 else 3
    sign = "-" if minor < 0 and round(amount, digits) > 0 else ""
    symbol = _SIGNS.get(currency)
    number = f"{amount:,.{digits}f}"
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {currency}"
