"""The numbers that English writes as words: one place for all who read them."""

from __future__ import annotations

import re
from typing import Final

SMALL: Final = re.findall(
    r"\w+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
)
"""Zero to nineteen: each word's value is its place."""

TENS: Final = re.findall(r"\w+", "twenty thirty forty fifty sixty seventy eighty ninety")

VALUES: Final = {word: value for value, word in enumerate(SMALL)} | {
    word: 10 * value for value, word in enumerate(TENS, start=2)
}
"""The value of each word."""

DOZEN: Final = {word: VALUES[word] for word in SMALL[1:13]}
"""One to twelve, which people write as words even where they count."""
