"""What can be asked for: every measure with the names people have for it, and by what it can be parted.

The names are patterns over lower-case text; of several that fit in one place the longest counts. A `weak` name is an
everyday word that means a measure only where a number is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from agents.weekly.report import SpecialistName
from analytics.definitions import DEFINITIONS
from analytics.figures import Unit
from analytics.inquiries.query import KINDS, Kind

Source = Literal["sales", "people", "best", "tickets", "pleased", "report", "forecast", "churn", "retention"]
"""How a measure is found: from sums over any period, from customers or tickets, or as the weekly report has it."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure. `parts` are the kinds that it can be parted and restricted by; `timed` ones also by time."""

    name: str
    label: str
    unit: Unit
    source: Source
    specialist: SpecialistName
    names: str
    parts: tuple[Kind, ...] = ()
    timed: bool = True
    weak: bool = False
    less_is_better: bool = False
    neutral: bool = False
    """Neither more nor less of it is good in itself."""
    plural: bool = False
    why_whole: str = ""
    """Why it cannot be parted in other ways."""


_BY_ORDER: Final[tuple[Kind, ...]] = ("channel", "country", "segment")
_BY_LINE: Final[tuple[Kind, ...]] = ("channel", "country", "segment", "product")
_NOT_BY_PRODUCT: Final = "it is known by order, not by product"
_BY_CHANNEL: Final = "spend is recorded by channel, not by country, segment or product"
_WHOLE: Final = "the cash book and the budget are of the whole business"
_BY_TICKET: Final = "tickets are known by topic and by the customer's country"

_LISTED: Final = (
    Metric("net_revenue", "net revenue", "minor", "sales", "finance",
           r"net revenues?|net sales|revenues?|sales|turnover|takings|top line|earnings|income"
           r"|money (?:did )?we (?:make|made|earn|earned)|(?:did|do|have) we (?:make|made|earn|earned|sell|sold"
           r"|take in)"
           r"|we (?:earned|sold|made)",
           _BY_ORDER, why_whole=_NOT_BY_PRODUCT),
    Metric("gross_revenue", "gross revenue", "minor", "sales", "finance",
           r"gross (?:revenues?|sales|turnover)|gmv", _BY_LINE),
    Metric("discounts", "discounts", "minor", "sales", "finance", r"discounts?|discounted|money off",
           _BY_ORDER, weak=True, less_is_better=True, plural=True, why_whole=_NOT_BY_PRODUCT),
    Metric("refunds", "refunds", "minor", "sales", "finance", r"refunds?|refunded|returns|money back",
           _BY_ORDER, weak=True, less_is_better=True, plural=True, why_whole=_NOT_BY_PRODUCT),
    Metric("orders", "the number of orders", "count", "sales", "finance",
           r"(?:number of )?orders?|purchases?|transactions|(?:how many|number of) sales"
           r"|orders placed", _BY_LINE, weak=True),
    Metric("units", "the number of units sold", "count", "sales", "finance",
           r"units(?: sold)?|items(?: sold)?|pieces(?: sold)?|quantity(?: sold)?", _BY_LINE),
    Metric("average_order_value", "the average order value", "minor", "sales", "finance",
           r"average (?:order|basket|purchase|cart)(?: values?| sizes?)?|aov|basket (?:size|value)s?|order values?"
           r"|revenue per order", _BY_ORDER, why_whole=_NOT_BY_PRODUCT),
    Metric("new_customers", "the number of new customers", "count", "sales", "finance",
           r"(?:number of )?new (?:customers?|buyers?|clients?|people|shoppers)|first[- ]time (?:customers?|buyers?)"
           r"|customers? (?:acquired|gained|won)|acquired customers?|newly acquired"
           r"|customers (?:did|have|do) we (?:gain(?:ed)?|win|won|acquired?|get|got)|new ones", _BY_ORDER,
           why_whole=_NOT_BY_PRODUCT),
    Metric("active_customers", "the number of customers who ordered", "count", "sales", "insights",
           r"active (?:customers?|buyers?)|(?:customers?|people) (?:who |that )?(?:bought|ordered|purchased"
           r"|placed an order)"
           r"|buyers|unique customers?|shoppers|(?:bought|ordered) (?:something|anything)", _BY_LINE),
    Metric("returning_customers", "the number of returning customers", "count", "sales", "insights",
           r"(?:returning|repeat|recurring) (?:customers?|buyers?|shoppers)|customers? (?:who )?(?:came|come) back",
           ("country",), why_whole="one customer can come through several channels"),
    Metric("marketing_spend", "marketing spend", "minor", "sales", "marketing",
           r"(?:marketing|ads?|advertising|media|paid|channel) ?(?:spend(?:ing)?|costs?|expenses?"
           r"|expenditures?)|spend(?:ing)? on (?:ads|marketing|advertising)"
           r"|spend|spent|spending|marketing outlay", ("channel",), neutral=True, why_whole=_BY_CHANNEL),
    Metric("cac_paid", "paid CAC", "minor", "sales", "marketing",
           r"paid cac|paid (?:customer )?acquisition costs?|cac (?:on|of|for) paid(?: channels)?", ("channel",),
           less_is_better=True, why_whole=_BY_CHANNEL),
    Metric("cac_blended", "CAC", "minor", "sales", "marketing",
           r"(?:blended )?cac|(?:customer )?acquisition costs?|cpa|costs? per (?:new )?(?:customer|acquisition)"
           r"|costs? (?:of|to) (?:acquir|gett?|winn?)(?:e|ing)? ?(?:a |one )?(?:new )?customers?"
           r"|cost of a (?:new )?customer|(?:does|did|do) (?:a|one|each) new customers? cost"
           r"|pay (?:for|per) (?:a "
           r"|each )?(?:new )?customer", ("channel",), less_is_better=True, why_whole=_BY_CHANNEL),
    Metric("roas", "ROAS", "ratio", "sales", "marketing",
           r"roas|return on (?:our )?(?:ad|advertising|marketing)(?: ?spend)?"
           r"|ad returns?", ("channel",), why_whole=_BY_CHANNEL),
    Metric("mer", "MER", "ratio", "sales", "marketing", r"mer|marketing efficiency(?: ratio)?", (),
           why_whole="MER is of all channels together; ROAS is by channel"),
    Metric("customers", "the number of customers", "count", "people", "insights",
           r"(?:number of )?customers?|clients?"
           r"|customer base", ("segment", "country", "channel"), timed=False, weak=True,
           why_whole="a customer buys many products"),
    Metric("best_customers", "net revenue", "minor", "best", "insights",
           r"(?:who )?(?:buys?|spends?|orders?) the most|(?:big(?:gest)?|high(?:est)?|top)[- ]?(?:spending"
           r"|spenders?|paying)(?: customers?)?"
           r"|vips?(?: customers?)?|most valuable customers?|whales",
           ("segment", "country", "channel"), timed=False, why_whole="a customer buys many products"),
    Metric("ltv_historic", "historic LTV", "minor", "people", "insights",
           r"(?:historic(?:al)? )?(?:ltv|clv|cltv)|(?:historic(?:al)? )?(?:customer )?lifetime values?"
           r"|(?:value|worth) of (?:a|our|one|the average) customers?|customer values?|(?:is|are) (?:a |our "
           r"|one )?customers? worth",
           ("segment", "country", "channel"), timed=False, why_whole="a customer buys many products"),
    Metric("ltv_predicted", "predicted LTV", "minor", "report", "insights",
           r"(?:predicted|expected|future|forecast) (?:ltv|clv|cltv|(?:customer )?lifetime value)", timed=False,
           why_whole="it is foretold for all customers together"),
    Metric("ltv_cac", "LTV:CAC", "ratio", "report", "insights",
           r"(?:ltv|clv) ?(?::|/|to|by|over|-) ?cac(?: ratio)?", timed=False, why_whole=_WHOLE),
    Metric("churn", "churn risk", "count", "churn", "insights",
           r"at risk of (?:churn(?:ing)?|leaving|going)|churn(?:ing)?(?: risks?| rates?| probability"
           r"| warnings?)?|(?:likely|about|going) to (?:churn|leave|stop buying|quit|go)"
           r"|(?:might|may|will|could) (?:churn|leave(?: us)?|stop buying)|(?:are we |we are )?losing customers",
           ("country", "segment"), timed=False, less_is_better=True, why_whole="it is foretold by customer"),
    Metric("retention", "retention", "share", "retention", "insights",
           r"retention(?: rates?)?|(?:repeat|repurchase) (?:purchase )?rates?|(?:buy|bought|order|ordered"
           r"|come back) again"
           r"|cohorts?(?: retention)?", timed=False, why_whole="cohorts are counted for all customers together"),
    Metric("cash_balance", "the cash balance", "minor", "report", "finance",
           r"cash(?: balance| position)?|(?:money|cash) (?:is |do we have )?(?:left )?(?:in|at) the bank"
           r"|bank balance|cash on hand",
           timed=False, why_whole=_WHOLE),
    Metric("gross_burn", "gross burn", "minor", "report", "finance", r"gross burn(?: rate)?|cash out", timed=False,
           less_is_better=True, why_whole=_WHOLE),
    Metric("net_burn", "net burn", "minor", "report", "finance", r"(?:net )?burn(?:ing)?(?: rate)?", timed=False,
           less_is_better=True, why_whole=_WHOLE),
    Metric("runway", "the runway", "months", "report", "finance",
           r"runway|how long (?:does|do|will|can|would) (?:our |the )?(?:cash|money)(?: last)?"
           r"|run out of (?:cash|money)",
           timed=False, why_whole=_WHOLE),
    Metric("budget_variance", "net revenue against its budget", "share", "report", "finance",
           r"budget(?: variance)?|(?:on|over|under|against|above|below) (?:the |our )?(?:budget|plan)", timed=False,
           why_whole=_WHOLE),
    Metric("budget_variance_marketing_spend", "marketing spend against its budget", "share", "report", "finance",
           r"(?:marketing|ads?|advertising) budget(?: variance)?", timed=False, why_whole=_WHOLE),
    Metric("pacing", "pacing", "ratio", "report", "finance",
           r"pacing|on (?:pace|track)(?: for (?:the |this )?month)?", timed=False, why_whole=_WHOLE),
    Metric("break_even_mer", "break-even MER", "ratio", "report", "finance", r"break[- ]?even(?: mer)?", timed=False,
           why_whole=_WHOLE),
    Metric("forecast", "the forecast of net revenue", "minor", "forecast", "finance",
           r"forecasts?|outlook|projections?|projected(?: revenue| sales)?|expected revenue|revenue forecast"
           r"|(?:will|should) (?:the |this )?month (?:end|close|go|look|bring)|expect(?:ed)? (?:this"
           r"|next) month", timed=False,
           why_whole="it is made for all net revenue together"),
    Metric("support_volume", "the number of tickets", "count", "tickets", "support",
           r"(?:number of )?(?:support )?tickets|support (?:requests?|volume|load|cases?|questions?)|enquir(?:y"
           r"|ies)|inquiries"
           r"|(?:customers?|people) (?:ask|asked|contact|contacted|wrote|write)(?: us)?|customer questions?"
           r"|questions (?:did|do|have) (?:customers|people|we)"
           r"|complaints?|contacts", ("topic", "country"), why_whole=_BY_TICKET),
    Metric("support_answered", "the share of tickets that the bot answered", "share", "tickets", "support",
           r"(?:answered|handled|solved) by (?:the )?(?:bot|desk|machine|ai)|(?:the )?bot (?:answer(?:s|ed)?"
           r"|handled?)"
           r"|automation rate|bot share", ("topic", "country"), why_whole=_BY_TICKET),
    Metric("support_escalated", "the share of tickets that went to a person", "share", "tickets", "support",
           r"escalat(?:ed|ions?)(?: rates?| share)?|(?:went|go|passed) to (?:a )?(?:person|human"
           r"|people)", ("topic", "country"),
           less_is_better=True, why_whole=_BY_TICKET),
    Metric("support_resolved", "the share of tickets resolved by the bot", "share", "tickets", "support",
           r"resolved|resolution rate|resolv(?:e|ing)|deflect(?:ed"
           r"|ion)(?: rate)?", ("topic", "country"), why_whole=_BY_TICKET),
    Metric("first_response_time", "the median first response", "seconds", "tickets", "support",
           r"first (?:response|answer|reply)(?: times?)?|response times?|time to (?:first )?(?:response|answer|reply)"
           r"|how (?:fast|quick(?:ly)?|soon|long) (?:do|did|are|is|does) (?:we|customers|the desk|it take|our)?"
           r" ?(?:to )?(?:take to )?(?:answer(?:ed|ing)?|respond|repl(?:y|ies)|wait(?:ing)?)",
           ("topic", "country"), less_is_better=True, why_whole=_BY_TICKET),
    Metric("nps_proxy", "the NPS proxy", "share", "pleased", "support",
           r"nps(?: proxy)?|net promoter(?: score)?|(?:customer )?satisfaction(?: scores?)?|csat|happiness"
           r"|(?:un)?happ(?:y|ier)"
           r"|satisfied|pleased|content with us", ("topic", "country"), timed=False, why_whole=_BY_TICKET),
)  # fmt: skip

METRICS: Final[Mapping[str, Metric]] = {one.name: one for one in _LISTED}
"""Each measure by its name, as DEFINITIONS has it."""

OWN_DEFINITIONS: Final[Mapping[str, str]] = {
    "units": "Units in the lines of orders whose total is above zero.",
    "active_customers": "Customers with an order in the period whose total is above zero.",
    "returning_customers": "Customers who ordered in the period and had ordered before it.",
    "best_customers": "Customers by the net revenue that they brought in the period.",
    "churn": "Customers in reach whose probability of no order in the next days is above the policy's alarm.",
    "retention": "Of the customers who first ordered in a month, those who ordered again in the next.",
    "forecast": "Net revenue so far and of the days left, AutoETS or DynamicOptimizedTheta, with an interval.",
}
"""What the measures mean that the weekly report does not have."""

_PATTERNS: Final = {one.name: re.compile(rf"(?<![\w-])(?:{one.names})(?![\w-])") for one in _LISTED}

NOT_RECORDED: Final = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])"), what)
    for pattern, what in (
        (r"conversion(?: rates?)?|visits?|visitors?|traffic|sessions?|page ?views?|bounce rates?|abandon(?:ed|ment)",
         "visits to the shop are not recorded here, only orders"),
        (r"open rates?|click(?:s|[- ]through(?: rates?)?)?|ctr|cpc|cpm|impressions?|reach|followers?|likes",
         "opens, clicks and impressions are not recorded here, only spend and orders"),
        (r"(?:gross |net |contribution )?(?:profits?|margins?)|profitab(?:le|ility)|cogs|cost of goods(?: sold)?",
         "the cost of goods is not recorded here, so profit is not known"),
        (r"inventory|stock(?: levels?)?|in stock|out of stock|warehouse stock", "stock is not recorded here"),
        (r"cit(?:y|ies)|(?:by|per|which|each) states?|provinces?|regions?|zip codes?|postcodes?",
         "where customers live is known by country alone"),
        (r"age(?:s| groups?)?|gender|women|men", "age and gender of customers are not recorded here"),
        (r"reviews?|star ratings?|stars", "product reviews are not recorded here"),
        (r"salar(?:y|ies)|payroll|employees?|headcount|staff", "staff and salaries are not recorded here"),
        (r"competitors?|market share", "other businesses are not recorded here"),
        (r"weather|stock price|share price", "that is not among the data of this business"),
        (r"subscribers|unsubscribes?|email list", "subscribers are not recorded here, only customers and orders"),
    )
)  # fmt: skip
"""What people ask for that no table holds, and why there is no answer."""


def find_metrics(text: str) -> list[tuple[str, int, int]]:
    """The measures that a text in lower case names, with where; the longest name counts, names do not overlap."""
    found = [
        (name, match.start(), match.end())
        for name, pattern in _PATTERNS.items()
        for match in pattern.finditer(text)
    ]
    found.sort(key=lambda one: (one[1] - one[2], one[1]))
    kept: list[tuple[str, int, int]] = []
    for name, start, end in found:
        if all(end <= other[1] or start >= other[2] for other in kept):
            kept.append((name, start, end))
    return sorted(kept, key=lambda one: one[1])


def definition(name: str) -> str:
    """What a measure means, in a sentence."""
    return OWN_DEFINITIONS.get(name) or DEFINITIONS.get(name, "").replace("the week", "the period")


def may_part(metric: Metric, kind: Kind) -> bool:
    """Whether a measure can be parted or restricted by a kind."""
    return kind in metric.parts


assert all(kind in KINDS for one in _LISTED for kind in one.parts)  # noqa: S101 - a typing slip shows at once
