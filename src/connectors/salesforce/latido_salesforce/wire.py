"""How requests travel: through simple-salesforce, on a session of our own.

The library signs nobody in here and repeats nothing, and its results are not parsed by it: what it does on a rejected
session, on an error that is no list and between two threads is core's work instead. Its exceptions become answers.
"""

from __future__ import annotations

import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from latido.connect import Unreachable, check_base_url, redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import requests
    from requests.adapters import HTTPAdapter
    from simple_salesforce.api import Salesforce as Library

    from latido.connect import Answer, Outgoing
    from latido_salesforce.quota import Quota

PATIENCE = (10.0, 300.0)
"""Seconds to connect, and to wait for more of an answer: a query may take two minutes before that begins."""

CONNECTIONS = 32


class SalesforceWire:
    """Sends requests to where the token says that the org lives; *elsewhere*, if given, stands in for every host.

    *address* returns the org's address. *site* is what the addresses of requests begin with. *timeouts* are the seconds
    to connect, and to wait for more of an answer.
    """

    def __init__(
        self,
        site: str,
        api_version: str,
        address: Callable[[], str | None],
        quota: Quota,
        elsewhere: str | None = None,
        timeouts: tuple[float, float] = PATIENCE,
    ) -> None:
        self._site = site.rstrip("/")
        self._version = api_version
        self._address = address
        self._quota = quota
        self._elsewhere = elsewhere
        self._timeouts = timeouts
        self._lock = threading.Lock()
        self._session: requests.Session | None = None
        self._libraries: dict[str, Library] = {}

    def send(self, request: Outgoing) -> Answer:
        """Return the answer to *request*. Raises RateLimited, without sending it, once our share is used up."""
        import requests as http
        from simple_salesforce.exceptions import SalesforceError

        self._quota.check()
        library = self._library(self._address() or self._site)
        begun: list[http.Response] = []
        try:
            library._call_salesforce(  # noqa: SLF001 - its only way to send what we built
                request.method,
                f"https://{library.sf_instance}{request.url.removeprefix(self._site)}",
                headers=dict(request.headers),
                params=request.params,
                json=request.json,
                hooks={"response": lambda response, **_more: begun.append(response)},
                stream=True,
                allow_redirects=False,
            )
        except SalesforceError:
            pass  # whatever the status, it is an answer
        except http.RequestException as error:
            raise Unreachable(_reason(error)) from error
        self._quota.learn(begun[-1].headers)
        return RequestsAnswer(begun[-1])

    def close(self) -> None:
        if self._session is not None:
            self._session.close()

    def _library(self, address: str) -> Library:
        """Return the library for the org at *address*, which may move."""
        with self._lock:
            if address not in self._libraries:
                self._libraries[address] = self._made(address)
            return self._libraries[address]

    def _made(self, address: str) -> Library:
        from simple_salesforce.api import Salesforce as Library

        check_base_url(address)
        if self._session is None:
            self._session = session(self._elsewhere, self._timeouts)
        library = Library(
            session_id="each request brings its own",
            instance_url=address,
            session=self._session,
            version=self._version,
            object_pairs_hook=None,
        )
        library.headers.pop("X-PrettyPrint", None)  # a third more bytes
        return library


class RequestsAnswer:
    """An answer of requests that has begun."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    @property
    def received_bytes(self) -> int:
        return int(self._response.raw.tell())

    def read(self) -> bytes:
        import requests as http

        try:
            return self._response.content or b""
        except http.RequestException as error:
            raise Unreachable(_reason(error)) from error

    def close(self) -> None:
        self._response.close()


def session(elsewhere: str | None, timeouts: tuple[float, float]) -> requests.Session:
    """Return a session that waits for nobody for ever, keeps no cookies and takes credentials from nowhere else."""
    from http.cookiejar import DefaultCookiePolicy

    import requests as http

    made = http.Session()
    made.headers.update({"User-Agent": f"latido/{version('latido')}", "Accept-Encoding": "gzip"})
    made.auth = _as_signed  # else a .netrc would sign for us
    made.trust_env = not (elsewhere or "").startswith("http://")  # a proxy does not reach this machine's loopback
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    made.mount("https://", patient_adapter(elsewhere, timeouts))
    return made


def patient_adapter(elsewhere: str | None, timeouts: tuple[float, float]) -> HTTPAdapter:
    """Return an adapter with time limits; *elsewhere*, if given, is the server that every request goes to."""
    from requests.adapters import HTTPAdapter

    class Patient(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
            options["timeout"] = timeouts
            if elsewhere is not None:
                asked = urlsplit(request.url or "")
                query = f"?{asked.query}" if asked.query else ""
                request.url = f"{elsewhere.rstrip('/')}{asked.path}{query}"
            return super().send(request, *args, **options)

    return Patient(pool_connections=CONNECTIONS, pool_maxsize=CONNECTIONS, max_retries=0)


def _as_signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _reason(error: requests.RequestException) -> str:
    """A connection that fails says why; another error may hold parts of the request, the query in its address too."""
    return redacted(type(error).__name__)
