"""The words of questions that are no names of measures or values: why, best, than, dropped, and mere filler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DIMENSIONS: Final[Mapping[str, str]] = {
    "channel": r"channels?|sources?|marketing channels?",
    "country": r"countr(?:y|ies)|markets?|nations?",
    "segment": r"segments?|customer groups?|rfm",
    "product": r"products?|items?|skus?|articles?|best[- ]?sellers?|best[- ]selling|flavou?rs?",
    "topic": r"topics?|subjects?|themes?",
}
TIMES: Final[Mapping[str, str]] = {
    "day": r"days?|daily",
    "week": r"weeks?|weekly",
    "month": r"months?|monthly",
    "quarter": r"quarters?|quarterly",
    "year": r"years?|yearly|annual(?:ly)?",
}
LEAD: Final = (
    r"(?:(?:split |broken down |grouped |sorted )?by|per|for each|each|every|across"
    r"|which|what|in which|what's the)"
)
BEST: Final = (
    r"best[- ]?sellers?|best[- ]selling|best(?:[- ]performing)?|top(?:[- ]performing)?|strongest"
    r"|leading|winning|winner|works? best|(?:did|does|do|sells?|performs?|performed) (?:the )?best"
    r"|better"
)
WORST: Final = r"worst(?:[- ]performing)?|weakest|poorest|worse|bottom"
HIGHEST: Final = r"highest|most|biggest|largest|greatest|maximum|max|peak|record"
LOWEST: Final = r"lowest|least|fewest|smallest|minimum|min|cheapest"
DOWN: Final = (
    r"drop(?:s|ped|ping)?|fall(?:s|en|ing)?|fell|declin(?:e|ed|es|ing)|decreas(?:e|ed|es|ing)|down"
    r"|sank|sunk|shr(?:ink|ank|unk)|dip(?:ped)?|slump(?:ed)?|crash(?:ed)?|los(?:e|t|s)|lower|less"
    r"|fewer|worse|bad|poor|weak|slow(?:er|ed)?"
)
UP: Final = (
    r"ris(?:e|es|ing|en)|rose|gr[eo]w(?:s|n|ing|th)?|increas(?:e|ed|es|ing)|up|jump(?:ed)?"
    r"|climb(?:ed)?|improv(?:e|ed|es|ing|ement)|spik(?:e|ed)|higher|better|high|strong(?:er)?|good"
    r"|surg(?:e|ed)"
)
CHANGE: Final = (
    r"chang(?:e|ed|es|ing)|develop(?:ed|ment|ing)?|mov(?:e|ed)|trend(?:s|ed|ing)?|over time"
    r"|evolv(?:e|ed|ing)|histor(?:y|ically)"
)
WHY: Final = (
    r"why|how come|what(?:'s| is| was)? (?:caused|drove|driv(?:es|ing)|behind|happened (?:to|with))"
    r"|reasons? (?:for|why|behind)|explain(?:s)?|what explains|what made"
)
YEAR_AGO: Final = (
    r"year[- ](?:on|over)[- ]year|yoy|y/y"
    r"|(?:the )?(?:same (?:time|period|month|week|quarter|day)s? )(?:of |in )?(?:the )?last year"
    r"|a year (?:ago|earlier|before)|(?:the|one) year (?:before|earlier)"
)
BEFORE: Final = (
    r"(?:week|month|quarter|day)[- ](?:on|over)[- ](?:week|month|quarter|day)|wow|mom|qoq"
    r"|(?:the )?(?:previous|prior) (?:period|one)|(?:the )?(?:week|month|quarter|period) before"
)
VERSUS: Final = r"vs\.?|versus|compar(?:e|ed|ing|ison)(?: (?:to|with|against))?|than|against|relative to|or"
PREPOSITION: Final = r"(?:in|from|for|through|via|by|of|with|among|at|on|about)"

_FILLER: Final = """
what whats what's is are was were be been being the a an of in on at to for from by our ours we us i my me
you your do does did doing done have has had having how many much number total amount count sum value tell
show give find get please can could would will should like want know let see look there here it its it's
that this these those they them their with and but so then also just only exactly about around roughly
actually still currently now today right when where who whom whose which go going went gone come came coming
make made making bring brings brought generate generated through via within during per all any each every
percent share shares rate rates level period time times overall company business shop store desk data
numbers figures figure stats statistics report answer question hi hello hey thanks thank gtm team again too
as if not no yes well even really ever looking looks perform performs performed performing list top chart
graph plot table break breakdown down split compared between same last than or out off up into got getting
one ones people person customer customers orders order quick quickly s t re ve ll d m some kind much-needed
need needed say said most more less few fewer big high low long far sold sell sells selling place placed
stand stands standing running run average mean median usual usually normal typical cost costs money worth
many's over among & + % channel's
"""
FILLER: Final = frozenset(_FILLER.split())
"""Words that change nothing of what is asked."""
