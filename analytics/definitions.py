"""What each metric means, in a sentence that can stand beside its number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEFINITIONS: Final[Mapping[str, str]] = {
    "gross_revenue": "Sales in orders whose total is above zero; without tax, shipping, fees and adjustments.",
    "discounts": "What was taken off orders, at the order's date.",
    "refunds": "What was given back, at the refund's date; sales in orders whose total is not above zero count here.",
    "net_revenue": "Gross revenue less discounts and refunds.",
    "orders": "Orders whose total, without tax and shipping, is above zero.",
    "average_order_value": "Gross revenue by the number of orders.",
    "new_customers": "Customers whose first order with a total above zero falls into the week.",
    "marketing_spend": "All recorded spend of the week, whatever the channel.",
    "cac_blended": "Marketing spend by all new customers.",
    "cac_paid": "Spend on the paid channels by the new customers whose first order came through them.",
    "roas": "Net revenue through the paid channels by the spend on them; attribution as the policy says.",
    "mer": "All net revenue by all marketing spend.",
    "break_even_mer": "One by the contribution margin: below it marketing costs more than it leaves over.",
    "gross_revenue_yoy": "By what part gross revenue differs from the week 52 weeks before.",
    "net_revenue_yoy": "By what part net revenue differs from the week 52 weeks before.",
    "cash_balance": "The last balance of every account in the cash book.",
    "gross_burn": "Cash out a month, mean of the last three whole months.",
    "net_burn": "Cash out less cash in a month, mean of the last three whole months.",
    "runway": "Cash balance by net burn, in months; none where more comes in than goes out.",
    "budget_variance": "Net revenue of the last whole month less its budget, by the budget; above zero is better.",
    "budget_variance_marketing_spend": "Budget less spend of the last whole month, by the budget; above 0 is better.",
    "pacing": "Net revenue of the month so far by the budget for the days gone, weighed by weekday.",
    "customers": "Everybody with an order whose total is above zero, up to the end of the week.",
    "ltv_historic": "Net revenue so far by the contribution margin, mean of all customers.",
    "ltv_predicted": "Expected orders in 365 days by expected value by margin, discounted; BG/NBD, Gamma-Gamma.",
    "ltv_cac": "Historic LTV by the paid CAC of the week, by the blended one where no paid cost is known.",
    "support_volume": "Tickets of the week; without imported tickets the questions in the desk's own log.",
    "support_answered": "Their share that the bot answered.",
    "support_escalated": "Their share that went to a person.",
    "support_resolved": "Their share that was answered by the bot and not escalated, reopened or disliked.",
    "first_response_time": "Median seconds from a customer's first message to the first answer.",
    "nps_proxy": "Positive less negative shares over each customer's last rated ticket in 90 days; not an NPS.",
}

PHRASES: Final[Mapping[str, tuple[str, ...]]] = {
    "gross_revenue": ("gross revenue", "gross sales"),
    "discounts": ("discounts", "discounting"),
    "refunds": ("refunds", "refunded"),
    "net_revenue": ("net revenue", "net sales", "revenue"),
    "orders": ("orders", "number of orders"),
    "average_order_value": ("average order value", "AOV", "average order", "order value"),
    "new_customers": (
        "new customers",
        "number of new customers",
        "newly won customers",
        "first-time customers",
        "first-time buyers",
    ),
    "marketing_spend": ("marketing spend", "spend", "marketing cost", "ad spend", "spent", "spending"),
    "cac_blended": (
        "blended CAC",
        "CAC",
        "blended customer acquisition cost",
        "customer acquisition cost",
        "cost of a new customer",
        "cost per new customer",
    ),
    "cac_paid": ("paid CAC", "paid customer acquisition cost"),
    "roas": ("ROAS", "return on ad spend", "return on spend"),
    "mer": ("MER", "marketing efficiency ratio", "unit of marketing"),
    "break_even_mer": ("break-even MER", "break even", "break-even", "breaks even"),
    "gross_revenue_yoy": ("gross revenue", "gross sales"),
    "net_revenue_yoy": ("net revenue", "net sales", "revenue"),
    "cash_balance": ("cash balance", "cash in the bank", "cash"),
    "gross_burn": ("gross burn",),
    "net_burn": ("net burn", "burn"),
    "runway": ("runway", "cash lasts", "cash would last", "cash will last", "cash"),
    "budget_variance": ("net revenue", "revenue", "budget variance"),
    "budget_variance_marketing_spend": ("marketing spend", "spend"),
    "pacing": ("pacing", "net revenue", "revenue"),
    "customers": ("customers",),
    "ltv_historic": ("historic LTV", "LTV", "lifetime value", "historic lifetime value"),
    "ltv_predicted": ("predicted LTV", "predicted lifetime value"),
    "ltv_cac": ("LTV:CAC", "LTV to CAC", "LTV-to-CAC", "LTV/CAC"),
    "support_volume": ("tickets", "questions at the desk", "questions", "support volume"),
    "support_answered": ("answered by the bot", "answered", "bot answered"),
    "support_escalated": ("escalated", "escalation rate", "escalations", "went to a person"),
    "support_resolved": ("resolved",),
    "first_response_time": ("first response", "first response time", "first answer"),
    "nps_proxy": (
        "pleased less displeased customers",
        "pleased less displeased",
        "satisfaction proxy",
        "NPS proxy",
    ),
}
"""How each metric is called in a text; the first is its label."""

SEGMENT_DEFINITIONS: Final[Mapping[str, str]] = {
    "Champions": "Ordered lately (recency 4 or 5), and often and for much (the mean of frequency and money 4 or more).",
    "Loyal": "Recency of 3 or more, and the mean of frequency and money 3 or more.",
    "New": "Ordered lately (recency 4 or 5), and only once so far.",
    "Potential": "Recency of 3 or more, and in none of the segments before.",
    "At Risk": "Not ordered lately (recency 1 or 2), but the mean of frequency and money is 3 or more.",
    "Hibernating": "In none of the other segments.",
    "Churned": "Recency 1, and longer away than three times their own usual gap between orders.",
}
"""Who is in each segment. Recency, frequency and money are fifths of all customers, 5 the best; the first that holds
counts, Churned before all others."""
