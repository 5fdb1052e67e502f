"""The campaign graph: insights finds the audience, marketing writes, finance reckons.

    START ──> find_audience ──> write_texts ──> reckon ──> END

Each step hands on what the next one needs: customers, then texts, then what it costs and may bring.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, TypedDict, cast

from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph

from agents.campaigns.campaign import Brief, DraftProgress, DraftStep, Offer, Prospects, Texts
from agents.campaigns.choosing import Chosen, choose
from agents.campaigns.reckoning import reckon
from agents.campaigns.wording import by_rules, offer_of, write_texts

if TYPE_CHECKING:
    from agents.ports import Services


class CampaignState(TypedDict, total=False):
    """One draft on its way; `given` are texts that a person has written."""

    brief: Brief
    campaign: str
    day: date
    currency: str
    given: Texts | None
    offer: Offer
    chosen: Chosen
    texts: Texts
    prospects: Prospects


class Drafted(TypedDict):
    """What the graph gives."""

    offer: Offer
    chosen: Chosen
    texts: Texts
    prospects: Prospects


class CampaignGraph:
    """The compiled graph; safe to share between threads."""

    def __init__(self, services: Services) -> None:
        """Open nothing yet."""
        nodes = _Nodes(services)
        graph = StateGraph(CampaignState)
        graph.add_node("find_audience", nodes.find_audience)
        graph.add_node("write_texts", nodes.write_texts)
        graph.add_node("reckon", nodes.reckon)
        graph.add_edge(START, "find_audience")
        graph.add_edge("find_audience", "write_texts")
        graph.add_edge("write_texts", "reckon")
        graph.add_edge("reckon", END)
        self._graph = graph.compile(name="campaign")

    def run(
        self, brief: Brief, campaign: str, day: date, currency: str, given: Texts | None = None
    ) -> Iterator[DraftProgress | Drafted]:
        """How far it is, as it happens; then what was drafted. Raises what a step raises."""
        state: CampaignState = {}
        started: CampaignState = {
            "brief": brief,
            "campaign": campaign,
            "day": day,
            "currency": currency,
            "given": given,
        }
        for mode, piece in self._graph.stream(started, stream_mode=["custom", "values"]):
            if mode == "custom":
                yield DraftProgress.model_validate(piece)
            else:
                state = cast("CampaignState", piece)
        yield Drafted(
            offer=state["offer"],
            chosen=state["chosen"],
            texts=state["texts"],
            prospects=state["prospects"],
        )


class _Nodes:
    def __init__(self, services: Services) -> None:
        self._services = services

    def find_audience(self, state: CampaignState) -> CampaignState:
        """Who is written to."""
        _tell("insights", "working")
        policy = self._services.open_campaign_policy()
        offer = offer_of(state["brief"], policy, state["day"])
        given = state.get("given")
        subjects = (given or by_rules(state["brief"], offer, policy)).subjects
        chosen = choose(self._services, state["brief"], state["campaign"], state["day"], subjects)
        audience = chosen.audience
        out = sum(one.count for one in audience.excluded)
        _tell(
            "insights",
            "done",
            f"{audience.eligible} {audience.why}, {out} left out, {audience.holdout} held out",
        )
        return {"offer": offer, "chosen": chosen}

    def write_texts(self, state: CampaignState) -> CampaignState:
        """What they read."""
        _tell("marketing", "working")
        chosen, given = state["chosen"], state.get("given")
        if given is not None:
            texts = given
        else:
            products = {one.values.get("recommended_product") for one in chosen.people}
            audience = f"{chosen.audience.eligible} {chosen.audience.why}"
            texts = write_texts(
                self._services, state["brief"], state["offer"], audience, {one for one in products if one}
            )
        _tell("marketing", "done", f"{len(texts.subjects)} subjects, by {texts.by}")
        return {"texts": texts, "chosen": chosen.with_subjects(texts.subjects)}

    def reckon(self, state: CampaignState) -> CampaignState:
        """What it costs and may bring."""
        _tell("finance", "working")
        margin = self._services.open_weekly_policy().finance.contribution_margin
        prospects = reckon(
            state["chosen"],
            state["brief"],
            state["offer"],
            self._services.open_campaign_policy(),
            margin=margin,
            currency=state["currency"],
        )
        _tell("finance", "done", "; ".join(prospects.objections) or prospects.unknown or "nothing against it")
        return {"prospects": prospects}


def _tell(specialist: DraftStep, state: str, found: str = "") -> None:
    get_stream_writer()({"specialist": specialist, "state": state, "found": found})
