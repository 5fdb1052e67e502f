"""Who is held out of a campaign and who gets which arm: by hash, so that the same question has the same answer.

Every purpose has a salt of its own beside the campaign's id: who is held out tells nothing of who gets which arm, nor
of who is held out of the next campaign.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from typing import Final

LEAST_HELD_OUT: Final = 0.10

_EPSILON: Final = 1e-9  # 10% of 30 people are 3, whatever binary fractions make of it


def uniform(campaign: str, purpose: str, customer_id: str) -> float:
    """A number in [0, 1) that looks random and is always the same for the same three texts."""
    text = "\x1f".join((campaign, purpose, customer_id))
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53


def hold_out(customer_ids: Iterable[str], campaign: str, share: float = LEAST_HELD_OUT) -> frozenset[str]:
    """Who gets no mail: the customers of the lowest hashes, at least `share` of them, rounded up.

    One who joins or leaves the audience moves at most one other across the line. Of fewer than two nobody is held
    out. A share below 10% or above a half raises `ValueError`.
    """
    if not LEAST_HELD_OUT <= share <= 0.5:
        raise ValueError(f"a holdout of {share} is not between {LEAST_HELD_OUT} and 0.5")
    people = set(customer_ids)
    if len(people) < 2:
        return frozenset()
    ranked = sorted(people, key=lambda one: (uniform(campaign, "holdout", one), one))
    return frozenset(ranked[: math.ceil(share * len(people) - _EPSILON)])


def pick_arm(customer_id: str, campaign: str, shares: Mapping[str, float]) -> str:
    """The arm of a customer where arms have these shares; they sum to 1. No arm raises `ValueError`."""
    if not shares:
        raise ValueError("there is no arm to pick")
    place = uniform(campaign, "arm", customer_id)
    for name, share in shares.items():
        place -= share
        if place < 0:
            return name
    return max(shares, key=lambda name: shares[name])
