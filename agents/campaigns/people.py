"""Who is written to, one after the other: a hundred thousand customers are kept as columns and made when looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from agents.campaigns.campaign import Person

if TYPE_CHECKING:
    import pandas as pd


class People(Sequence[Person]):
    """The customers of an audience in its order, each made anew whenever it is asked for."""

    def __init__(self, found: pd.DataFrame, bought: pd.DataFrame) -> None:
        """`found` has the columns customer_id, name, email and timezone.

        `bought` has, by customer_id, what they bought last as last_product and what goes with it as product.
        """
        self._found = found[["customer_id", "name", "email", "timezone"]].reset_index(drop=True)
        self._last, self._next = bought["last_product"].to_dict(), bought["product"].to_dict()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._found)

    def __iter__(self) -> Iterator[Person]:
        """Each of them."""
        columns = (self._found[name] for name in ("customer_id", "name", "email", "timezone"))
        return (self._person(*row) for row in zip(*columns, strict=True))

    @overload
    def __getitem__(self, at: int) -> Person: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Person]: ...
    def __getitem__(self, at: int | slice) -> Person | Sequence[Person]:
        """One of them, or some."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return self._person(*self._found.iloc[at])

    def _person(self, customer: object, name: object, email: object, timezone: object) -> Person:
        key, called = str(customer), _text(name) or ""
        return Person(
            customer=key,
            address=str(email).strip(),
            name=called,
            timezone=_text(timezone),
            values={
                "first_name": next(iter(called.split()), None),
                "last_purchase": _text(self._last.get(key)),
                "recommended_product": _text(self._next.get(key)),
            },
        )


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
