"""Weekly reports in Slack, with their charts in the thread."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from agents.channel_policy import ChannelPolicy
from agents.domain import Place
from agents.errors import DeskError, Permanent
from agents.weekly.posting import REPORT_ACTIONS, ReportAction, SharedFile, View
from integrations.slack.client import SlackClient, SlackRefused
from integrations.slack.report_blocks import ReportCard
from integrations.slack.views import SlackViews

_THREAD: Final = 200

log = logging.getLogger(__name__)


class SlackReports(SlackViews[View]):
    """Implements `agents.weekly.posting.ReportChannel`; one instance serves all threads of a process."""

    def __init__(
        self,
        client: SlackClient,
        policy: ChannelPolicy,
        usual: str | None = None,
        public_url: str | None = None,
        actions: Sequence[ReportAction] = REPORT_ACTIONS,
    ) -> None:
        """Connect to nothing yet; `usual` is the id or name of the channel for scheduled reports."""
        super().__init__(client, policy, ReportCard(public_url, actions).shown, usual)

    def share(self, place: Place, title: str, files: Sequence[SharedFile]) -> Mapping[str, str]:
        """Put files into the thread of a message; gives their ids by name. Raises `Permanent` where it cannot."""
        uploads = [{"filename": each.name, "content": each.content, "title": each.title} for each in files]
        try:
            answer = self.client.attempt(
                lambda web: web.files_upload_v2(
                    file_uploads=uploads,
                    channel=place.channel,
                    thread_ts=place.thread or place.message,
                    initial_comment=title,
                ),
                "files.completeUploadExternal",
            )
        except SlackRefused as error:
            raise Permanent(str(error)) from error
        ids = [str(each["id"]) for each in answer.get("files") or ()]
        return dict(zip((each.name for each in files), ids, strict=False))

    def shared(self, place: Place, names: Sequence[str]) -> Mapping[str, str]:
        """Those of the files that are in the thread of a message already, their ids by name."""
        return {name: found for name, found in self._files_of(place) if name in names}

    def link(self, place: Place) -> str | None:
        """The address of a message, or None where it cannot be had."""
        try:
            answer = self.client.call("chat.getPermalink", channel=place.channel, message_ts=place.message)
        except DeskError as error:
            log.info("A report has no link to its thread: %s", error)
            return None
        return str(answer.get("permalink") or "") or None

    def _files_of(self, place: Place) -> Iterator[tuple[str, str]]:
        messages: list[dict[str, Any]] = self.client.pages(
            "conversations.replies",
            "messages",
            channel=place.channel,
            ts=place.thread or place.message,
            limit=_THREAD,
        )
        for message in messages:
            for file in message.get("files") or ():
                yield str(file.get("name") or ""), str(file.get("id") or "")
