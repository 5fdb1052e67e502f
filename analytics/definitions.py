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
