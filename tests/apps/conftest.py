"""A served desk and a real browser for the tests of the page."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml

from agents.policy import SHIPPED
from tests.shared_data import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page

GTM = Path(sys.executable).with_name("gtm")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screenshots DIR` keeps the pictures that the browser tests take."""
    parser.addoption("--screenshots", metavar="DIR", default=None, help="keep the pictures of the chat here")


class Desk:
    """One `gtm serve` on a home of its own; it can be stopped and started again on the same port."""

    def __init__(
        self,
        home: Path,
        models: Path,
        policies: Path | None = None,
        *,
        more: Mapping[str, str] | None = None,
        port: int = 0,
    ) -> None:
        self.home = home
        # One process a desk unless a test asks for more: each of the others would load the models again.
        ours = {"GTM_HOME": str(home), "GTM_MODELS": str(models), "GTM_ANSWERERS": "0"}
        self._environment = {**os.environ, **ours, **(more or {})}
        if policies is not None:
            self._environment["GTM_POLICIES"] = str(policies)
        self._process: subprocess.Popen[str] | None = None
        self._port = port
        self.url = ""

    def gtm(self, *arguments: str) -> str:
        """The standard output of a command on this home."""
        done = subprocess.run(
            [GTM, *arguments], env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """Serve, and wait for the line that says where."""
        command = [str(GTM), "serve", "--port", str(self._port)]
        with (self.home / "serve.log").open("a") as log:
            self._process = subprocess.Popen(
                command, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "http://" in line:
                self.url = line[line.index("http://") :].split()[0].rstrip("/")
                self._port = int(self.url.rsplit(":", 1)[1])
                return
        pytest.fail(f"gtm serve did not come up:\n{(self.home / 'serve.log').read_text()}")

    def next_line(self) -> str:
        """What the server says after where it is."""
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def stop(self) -> int:
        """Ask the server to stop, as Ctrl-C does; gives its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self.wait()

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def wait(self) -> int:
        """Wait until the server has ended; gives its exit code."""
        assert self._process is not None
        return self._process.wait(timeout=30)

    @contextmanager
    def visitor(self) -> Iterator[httpx.Client]:
        """A client with a fresh visitor's cookie, speaking as a page of this desk."""
        headers = {"sec-fetch-site": "same-origin"}
        with httpx.Client(base_url=self.url, timeout=60, headers=headers) as client:
            client.get("/").raise_for_status()
            yield client


@pytest.fixture(scope="session")
def make_desk(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Iterator[Callable[..., Desk]]:
    """Builds desks: `make_desk(documents, thresholds=(answer, clarify))`; each is stopped at the end."""
    desks: list[Desk] = []

    def make(
        documents: Path,
        *,
        thresholds: tuple[float, float] | None = None,
        messages_a_minute: int | None = None,
    ) -> Desk:
        home = tmp_path_factory.mktemp("home")
        policies = _policies(home / "policies", thresholds, messages_a_minute)
        desk = Desk(home, models_folder, policies)
        desk.gtm("ingest", str(documents))
        desk.start()
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.stop()


def _policies(folder: Path, thresholds: tuple[float, float] | None, messages_a_minute: int | None) -> Path:
    """The shipped policy with what a test needs changed."""
    shutil.copytree(SHIPPED, folder)
    policy = yaml.safe_load((folder / "support.yaml").read_text("utf-8"))
    if thresholds:
        policy["thresholds"] = dict(zip(("answer", "clarify"), thresholds, strict=True))
    if messages_a_minute:
        policy["limits"]["messages_a_minute"] = messages_a_minute
    (folder / "support.yaml").write_text(yaml.safe_dump(policy, allow_unicode=True), "utf-8")
    return folder


@pytest.fixture(scope="session")
def desk(make_desk: Callable[..., Desk], sample_documents: Path) -> Desk:
    """The sample shop, with a rate that a run of tests does not reach."""
    return make_desk(sample_documents, messages_a_minute=1000)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; it keeps an event loop in the main thread, so it goes before other tests want their own."""
    if not Path(CHROMIUM).exists():
        missing(f"{CHROMIUM} is missing; tests/install_browser.sh installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of new visitors: `new_page(phone=True, dark=True)`. What a page must never do fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def refuse(dialog: Dialog) -> None:
        faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open_page(*, phone: bool = False, dark: bool = False, reduced_motion: bool = True) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if reduced_motion else "no-preference",
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("dialog", refuse)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def shoot(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page, str], None]:
    """Takes a picture for people to look at."""
    folder = Path(request.config.getoption("--screenshots") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png")

    return take


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to become true; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail("it did not become true in time")
        time.sleep(0.05)
