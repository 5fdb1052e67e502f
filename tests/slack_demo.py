"""`make slack-demo`: the chat, the bot and the local counterpart of Slack, wired together, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.slack_server import CHANNEL, TEAM_CHANNEL, free_port, local_slack

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "slack-demo"


def main() -> None:
    """Start everything and say where it is."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    HOME.mkdir(parents=True, exist_ok=True)
    gtm = [str(Path(sys.executable).with_name("gtm")), "--home", str(HOME)]
    port = os.environ.get("GTM_PORT") or str(free_port())
    print("Preparing …", flush=True)  # noqa: T201
    subprocess.run(
        [*gtm, "ingest", str(ROOT / "knowledge_base" / "documents")], check=True, stdout=subprocess.DEVNULL
    )
    subprocess.run([*gtm, "data", "sample", "--if-empty"], check=True, stdout=subprocess.DEVNULL)
    with local_slack(HOME) as slack:
        environment = {
            **os.environ,
            "SLACK_BOT_TOKEN": "xoxb-sock",
            "SLACK_APP_TOKEN": "xapp-sock",
            "SLACK_API_URL": slack.api,
            "SLACK_SUPPORT_CHANNEL": CHANNEL,
            "SLACK_GTM_CHANNEL": TEAM_CHANNEL,
        }
        print(f"Slack's local counterpart: {slack.url}  (open #support)", flush=True)  # noqa: T201
        print("Ask the chat: Can you engrave my grandmother's name on the tin?", flush=True)  # noqa: T201
        print("Or write /gtm weekly in #gtm, and see the week; /gtm campaign drafts one.", flush=True)  # noqa: T201
        with subprocess.Popen([*gtm, "serve", "--port", port], env=environment) as server:
            try:
                server.wait()
            except KeyboardInterrupt:
                server.send_signal(signal.SIGINT)
                server.wait()


if __name__ == "__main__":
    main()
