"""The rule-based words about money: revenue, acquisition, cash, plan, forecast, and what is out of the ordinary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agents.weekly.facts import FinanceFacts
from agents.weekly.phrases import STEADY, Pen, channel, sentence, verb
from analytics.alerts import Alert
from analytics.figures import Figure
from analytics.forecast import Forecast

NAMES: Final = {
    "net_revenue": "net revenue",
    "marketing_spend": "marketing spend",
    "new_customers": "the number of new customers",
    "refunds": "refunds",
    "orders": "the number of orders",
}


def finance_words(pen: Pen, facts: FinanceFacts, known: Mapping[str, Figure]) -> str:
    """The section of the specialist for finance."""
    said = [revenue_words(pen, known["net_revenue"])]
    if pen.knows("net_revenue_yoy"):
        said.append(f"That is {pen.up_or_down('net_revenue_yoy')} on the same week a year ago.")
    if pen.knows("gross_revenue", "orders", "discounts", "refunds"):
        orders = pen.count("orders", "order", "orders")
        less = [f"{pen.money(name)} of {name}" for name in ("discounts", "refunds") if pen.value(name)]
        after = f", before {' and '.join(less)}" if less else ""
        said.append(f"Gross revenue was {pen.money('gross_revenue')} from {orders}{after}.")
    said += [_acquisition(pen, known), _cash(pen, known), _plan(pen, known), _forecast(pen, facts.forecast)]
    return " ".join(one for one in said if one)


def revenue_words(pen: Pen, net: Figure) -> str:
    """Net revenue in a sentence."""
    if net.value is None:
        return f"Net revenue is not known: {net.reason}."
    return f"Net revenue was {pen.money('net_revenue')}{pen.against('net_revenue', 'the week before')}."


def _acquisition(pen: Pen, known: Mapping[str, Figure]) -> str:
    if not pen.knows("new_customers"):
        return ""
    text = f"{pen.count('new_customers', 'new customer', 'new customers')} came in"
    if not pen.knows("cac_blended"):
        return f"{text}; what one cost is not known ({known['cac_blended'].reason})."
    text += f", at a CAC of {pen.money('cac_blended')}"
    if pen.knows("cac_blended.to_target") and pen.value("cac_blended.to_target"):
        side = "above" if pen.value("cac_blended.to_target") > 0 else "below"
        text += f", {pen.money('cac_blended.to_target')} {side} target"
    said = [text]
    if pen.knows("ltv_cac"):
        said.append(f"by margin so far, LTV:CAC is {pen.ratio('ltv_cac')}")
    if pen.knows("mer", "break_even_mer"):
        said.append(
            f"a unit of marketing brought {pen.ratio('mer')} units of net revenue; {pen.ratio('break_even_mer')} "
            "would break even"
        )
    return " ".join(sentence(one) for one in said)


def _cash(pen: Pen, known: Mapping[str, Figure]) -> str:
    burn, runway = known["net_burn"], known["runway"]
    if burn.value is None:
        return f"Burn and runway are not known: {burn.reason}."
    if burn.value <= 0:
        return "The business is cash-generating: over the last months more came in than went out."
    text = f"Net burn is {pen.money('net_burn')} a month"
    if runway.value is None:
        return f"{text}; how long cash lasts is not known ({runway.reason})."
    return f"{text}; at this pace cash lasts {pen.months('runway')}."


def _plan(pen: Pen, known: Mapping[str, Figure]) -> str:
    if not pen.knows("budget_variance") and not pen.knows("pacing"):
        return f"How that stands against the plan is not known: {known['budget_variance'].reason}."
    said = []
    if pen.knows("budget_variance"):
        off = pen.value("budget_variance")
        side = "above" if off > 0 else "below"
        said.append(
            "last month's net revenue was on plan"
            if abs(off) < STEADY
            else f"last month's net revenue was {pen.percent('budget_variance')} {side} plan"
        )
    if pen.knows("pacing"):
        said.append(f"this month's is at {pen.percent('pacing')} of the plan for the days gone")
    return sentence(", and ".join(said))


def _forecast(pen: Pen, forecast: Forecast) -> str:
    """The month ahead in a sentence."""
    month = f"{forecast.month:%B}"
    if not pen.knows("forecast.value"):
        return f"There is no forecast for {month}: {forecast.reason}."
    text = (
        f"{month} should bring {pen.money('forecast.value')} of net revenue, {pen.percent('policy.interval')} interval "
        f"{pen.money('forecast.low')} to {pen.money('forecast.high')}"
    )
    if not pen.knows("forecast.coverage"):
        return text + "."
    stretches = pen.count("forecast.origins", "earlier stretch", "earlier stretches")
    return f"{text} (such intervals held in {pen.percent('forecast.coverage')} of {stretches})."


def alert_words(pen: Pen, n: int, alert: Alert) -> str:
    """One alert in a sentence or two, with what drives it."""
    name = f"alerts.{n}"
    value = f"{name}.value" if pen.knows(f"{name}.value") else alert.measure
    write = pen.money if alert.measure in ("net_revenue", "marketing_spend", "refunds") else pen.count
    text = (
        f"{NAMES[alert.measure]} {verb(alert.measure)} {write(value)}, {pen.percent(f'{name}.change')} "
        f"{'above' if alert.change > 0 else 'below'} the {write(f'{name}.expected')} to be expected"
    )
    if pen.knows(f"{name}.roas", f"{name}.roas_before"):
        text += (
            f", while a unit of spend brought {pen.ratio(f'{name}.roas')} "
            f"(usually {pen.ratio(f'{name}.roas_before')})"
        )
    if alert.drivers and alert.drivers[0].channel != "unknown":
        first = alert.drivers[0].channel
        text += f"; {pen.percent(f'{name}.driver.{first}')} of the difference is {channel(first)}"
    return sentence(text)
