"""`gtm campaign`: drafted, decided and watched at the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apps import cli_edge as edge
from apps.cli_edge import HomeOption, JsonOption

if TYPE_CHECKING:
    from agents.campaigns.campaign import Brief, Campaign, DraftProgress
    from agents.campaigns.desk import CampaignDesk
    from agents.domain import Decided, Verb
    from agents.session import Session

campaigns = typer.Typer(
    name="campaign", help="Draft campaigns, decide them, and see what they did.", no_args_is_help=True
)

IdArgument = Annotated[
    str, typer.Argument(help="The campaign, as `gtm campaign list` names it.", metavar="ID")
]
ByOption = Annotated[str | None, typer.Option(help="Who decides. Default: the user of this shell.")]
ReasonOption = Annotated[str | None, typer.Option(help="Why; needed where finance says no.")]
VersionOption = Annotated[
    int | None, typer.Option(help="The version that you have looked at; an outdated one is refused.")
]


@campaigns.command()
def draft(
    what: Annotated[
        list[str], typer.Argument(help="winback, or a brief in your own words.", metavar="winback|BRIEF")
    ],
    *,
    days: Annotated[int | None, typer.Option(help="Without an order for so many days. Default: 90.")] = None,
    segment: Annotated[str | None, typer.Option(help="Of this segment alone, such as 'At Risk'.")] = None,
    budget: Annotated[str | None, typer.Option(help="For offers and sending, in whole units.")] = None,
    offer: Annotated[str | None, typer.Option(help="In percent; 0 is none. Default: the policy's.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Draft a campaign: who gets it, what they read, and what it may bring. Nothing is sent."""
    given = {"days": days, "segment": segment, "budget": budget, "offer": offer}
    options = {name: str(value) for name, value in given.items() if value is not None}
    with _session(home, as_json=as_json) as session, edge.console(stderr=True).status("Drafting …") as status:

        def tell(progress: DraftProgress) -> None:
            status.update(f"{progress.specialist}: {progress.found or 'at work'} …")

        brief = _brief(session.campaigns, " ".join(what), options)
        made = session.campaigns.draft(brief, by or edge.operator(), "shell", tell)
        status.stop()
        _show(session.campaigns, made, as_json=as_json)


@campaigns.command(name="list")
def list_campaigns(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """List the campaigns, the newest first."""
    with _session(home, as_json=as_json) as session:
        found = session.campaigns.campaigns()
        if as_json:
            edge.print_json({"campaigns": [one.model_dump(mode="json") for one in found]})
            return
        for one in found:
            sample = ", sample data" if one.sample else ""
            typer.echo(
                f"{one.id}  {one.status}  version {one.version}, {one.eligible:,} customers{sample}  {one.concept}"
            )
        if not found:
            typer.echo("There is no campaign yet. `gtm campaign draft winback` makes one.")


@campaigns.command()
def show(campaign: IdArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Show a campaign's draft as it stands."""
    with _session(home, as_json=as_json) as session:
        _show(session.campaigns, session.campaigns.campaign(campaign), as_json=as_json)


@campaigns.command()
def edit(
    campaign: IdArgument,
    *,
    subject: Annotated[list[str] | None, typer.Option(help="A subject; up to three, all anew.")] = None,
    preheader: Annotated[str | None, typer.Option(help="The line after the subject.")] = None,
    body: Annotated[Path | None, typer.Option(help="A file with the mail in Markdown.")] = None,
    offer: Annotated[str | None, typer.Option(help="In percent; 0 is none.")] = None,
    days: Annotated[int | None, typer.Option(help="Without an order for so many days.")] = None,
    segment: Annotated[str | None, typer.Option(help="Of this segment alone; '' for all.")] = None,
    version: VersionOption = None,
    by: ByOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Make the next version: other texts, another offer, another audience."""
    from agents.campaigns.brief import other_audience, read_offer  # noqa: PLC0415

    with _session(home, as_json=as_json) as session:
        known = session.campaigns.campaign(campaign)
        changes: dict[str, object] = {}
        if subject:
            changes["subjects"] = tuple(subject)
        if preheader is not None:
            changes["preheader"] = preheader
        if body is not None:
            changes["body"] = edge.read_file(body)
        asked = {"days": None if days is None else str(days), "segment": segment}
        audience = {name: value for name, value in asked.items() if value is not None}
        made = session.campaigns.edit(
            campaign,
            by or edge.operator(),
            version=version,
            texts=known.draft.texts.rewritten(by or edge.operator(), **changes),
            offer=None if offer is None else read_offer(offer),
            brief=other_audience(known.draft.brief, audience, known.currency) if audience else None,
        )
        _show(session.campaigns, made, as_json=as_json)


@campaigns.command()
def approve(
    campaign: IdArgument,
    *,
    by: ByOption = None,
    reason: ReasonOption = None,
    version: VersionOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Approve a campaign as it stands; from the last approval on it is frozen, and `gtm worker` sends it."""
    _decide(campaign, "approve", by, home, as_json=as_json, reason=reason, version=version)


@campaigns.command()
def reject(
    campaign: IdArgument,
    *,
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Reject a campaign for good."""
    _decide(campaign, "reject", by, home, as_json=as_json, reason=reason)


@campaigns.command()
def pause(
    campaign: IdArgument, by: ByOption = None, as_json: JsonOption = False, home: HomeOption = None
) -> None:
    """Let no further message go until it is resumed."""
    _decide(campaign, "pause", by, home, as_json=as_json)


@campaigns.command()
def resume(
    campaign: IdArgument, by: ByOption = None, as_json: JsonOption = False, home: HomeOption = None
) -> None:
    """Go on with a paused campaign."""
    _decide(campaign, "resume", by, home, as_json=as_json)


@campaigns.command()
def stop(
    campaign: IdArgument, by: ByOption = None, as_json: JsonOption = False, home: HomeOption = None
) -> None:
    """End a campaign for good; what has not gone will not go."""
    _decide(campaign, "stop", by, home, as_json=as_json)


@campaigns.command()
def preview(
    campaign: IdArgument,
    *,
    customer: Annotated[
        list[str] | None, typer.Option(help="By id, name or address; may be given again.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many, where no customer is named.", min=1, max=50)] = 3,
    out: Annotated[Path | None, typer.Option(help="A folder for the HTML of each.")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show the mail as customers would get it."""
    with _session(home, as_json=as_json) as session:
        found = session.campaigns.previews(campaign, customer or (), count)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for one in found:
                edge.write_file(out / f"{campaign}-{one.message.contact}.html", one.message.html)
        if as_json:
            edge.print_json(
                {
                    "previews": [
                        {
                            "customer": one.person.customer,
                            "arm": one.message.arm,
                            "subject": one.message.subject,
                            "text": one.text,
                        }
                        for one in found
                    ]
                }
            )
            return
        for one in found:
            typer.echo(f"--- {one.person.customer}, subject {one.message.arm}: {one.message.subject}\n")
            typer.echo(one.text)


@campaigns.command(name="test")
def send_test(
    campaign: IdArgument,
    to: Annotated[str, typer.Option(help="An address of your own.")],
    *,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Send one message of a campaign to yourself."""
    with _session(home, as_json=as_json) as session:
        said = session.campaigns.send_test(campaign, to, edge.operator())
        if as_json:
            edge.print_json({"sent": said})
        else:
            typer.echo(said)


@campaigns.command()
def status(campaign: IdArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Show how far a campaign is, what it changed against those held out, and what can be concluded."""
    with _session(home, as_json=as_json) as session:
        standing = session.campaigns.standing(campaign)
        listed = session.campaigns.recipients(campaign)
        if as_json:
            edge.print_json(
                {
                    **_as_json(standing.campaign),
                    "sending": standing.counts.model_dump(),
                    "outcomes": standing.outcomes.model_dump(),
                    "arms": [one.model_dump() for one in standing.arms],
                    "results": None if standing.results is None else standing.results.model_dump(mode="json"),
                    "words": list(standing.words),
                    "listed": [
                        {"customer": one.person.customer, "status": one.status, "note": one.note}
                        for one in listed
                    ],
                    "where": session.campaigns.where(),
                }
            )
            return
        known = standing.campaign
        typer.echo(f"{known.id}: {known.status}{_sample(known)}")
        for sentence in standing.words:
            typer.echo(sentence)
        for one in listed:
            typer.echo(f"{one.status}: {one.person.customer} – {one.note}")
        typer.echo(session.campaigns.where())


def _brief(desk: CampaignDesk, words: str, options: dict[str, str]) -> Brief:
    """What was asked for; the options of a win-back may stand among its words too."""
    if not options or words.split()[:1] == ["winback"]:
        return desk.read(" ".join([words, *(f'{name}="{value}"' for name, value in options.items())]))
    return desk.read_form(options, words)


def _decide(
    campaign: str,
    verb: Verb,
    by: str | None,
    home: Path | None,
    *,
    as_json: bool,
    reason: str | None = None,
    version: int | None = None,
) -> None:
    from agents.domain import Decision  # noqa: PLC0415

    with _session(home, as_json=as_json) as session:
        who = by or edge.operator()
        decided = session.decide(campaign, Decision(verb=verb, by=who, text=reason, seen=version))
        if as_json:
            edge.print_json({"campaign": campaign, **decided.model_dump(mode="json", exclude={"review"})})
        else:
            typer.echo(_in_words(decided))


def _in_words(decided: Decided) -> str:
    if decided.status == "already_decided":
        return f"{decided.by} was first; the campaign {decided.review} is decided."
    return f"{decided.review}: {decided.text}."


@contextlib.contextmanager
def _session(home: Path | None, *, as_json: bool) -> Iterator[Session]:
    with edge.guarded(home, as_json=as_json) as settings:
        from agents.session import Session  # noqa: PLC0415
        from integrations import connect  # noqa: PLC0415

        session = Session(connect(settings))
        try:
            yield session
        finally:
            session.close()


def _as_json(campaign: Campaign) -> dict[str, object]:
    draft = campaign.draft
    return {
        "campaign": campaign.id,
        "review": campaign.id,
        "status": campaign.status,
        "version": draft.version,
        "needs": campaign.needs,
        "approvals": [one.model_dump(mode="json") for one in campaign.approvals],
        "currency": campaign.currency,
        "sample": campaign.sample,
        "audience": draft.audience.model_dump(mode="json", exclude={"digest"}),
        "expected": draft.prospects.model_dump(mode="json"),
        "texts": draft.texts.model_dump(mode="json"),
        "offer": draft.offer.model_dump(mode="json"),
        "plan": draft.plan.model_dump(mode="json"),
    }


def _show(desk: CampaignDesk, campaign: Campaign, *, as_json: bool) -> None:
    if as_json:
        edge.print_json(_as_json(campaign))
        return
    from agents.campaigns.describing import describe  # noqa: PLC0415

    for title, lines in describe(campaign):
        typer.echo(title)
        for line in lines:
            typer.echo(f"  {line}")
    typer.echo(desk.where())
    typer.echo(
        f"`gtm campaign preview {campaign.id}` shows the mail, `gtm campaign approve {campaign.id}` sends it."
    )


def _sample(campaign: Campaign) -> str:
    return " (sample data of an invented shop)" if campaign.sample else ""
