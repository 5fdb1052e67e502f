"""The official client's connection, made so that one can tell whether a request ever left."""

from __future__ import annotations

import ssl
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, Request

from python_http_client import Client
from sendgrid import SendGridAPIClient

HOST = "https://api.sendgrid.com"


class NotConnected(Exception):
    """There was no connection, so nothing was asked for."""


class _Http(HTTPConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            # urllib would hide the difference between no connection and one that broke after the request.
            raise NotConnected(str(error) or type(error).__name__) from error


class _Https(HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            raise NotConnected(str(error) or type(error).__name__) from error


class _OverHttp(HTTPHandler):
    handler_order = 400  # before the handler that is there already

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Http, req)


class _OverHttps(HTTPSHandler):
    handler_order = 400

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Https, req, context=ssl.create_default_context())


class _Client(Client):  # type: ignore[misc]
    """The client of the library, with connections that say when there was none."""

    def _build_client(self, name: str | None = None) -> _Client:
        return _Client(
            host=self.host,
            version=self._version,
            request_headers=self.request_headers,
            url_path=[*self._url_path, name] if name else self._url_path,
            timeout=self.timeout,
        )

    def _make_request(self, opener: OpenerDirector, request: Request, timeout: float | None = None) -> Any:
        opener.add_handler(_OverHttp())
        opener.add_handler(_OverHttps())
        return super()._make_request(opener, request, timeout=timeout)


def open_client(key: str, url: str | None, timeout: float) -> Any:
    """A client of the Web API, version 3; connects to nothing yet."""
    host = (url or HOST).rstrip("/")
    headers = SendGridAPIClient(key, host).client.request_headers
    return _Client(host=host, request_headers=headers, version=3, timeout=timeout)
