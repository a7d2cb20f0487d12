"""Where requests may go: the configured origin, and nowhere else."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote

from latido.connect._redact import redacted
from latido.errors import ConfigurationError
from latido.messages import marker

_ = marker("latido")


_ORIGIN_AND_PATH = re.compile(r"(https?)://([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?(/[^\s\\@?#]*)?", re.IGNORECASE)


def check_base_url(url: str) -> None:
    """Raise ConfigurationError unless *url* is https, or http on loopback, without user, query and fragment."""
    found = _ORIGIN_AND_PATH.fullmatch(url)
    if not found:
        raise ConfigurationError(
            _("base_url is no web address."), _("Write it as https://host, without user, query or fragment.")
        )
    scheme, host = found[1].lower(), found[2]
    if scheme == "http" and not is_loopback(host.strip("[]")):
        raise ConfigurationError(
            _("base_url must begin with https:// (plain http only on this machine)."),
            _("Write it as https://{host}.", host=host),
        )


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def joined(base_url: str, path: str) -> str:
    """Return *path* below *base_url*. Raises ValueError for one that could lead elsewhere, as a link in data may."""
    route = unquote(path.partition("?")[0])
    elsewhere = route.startswith("//") or "://" in route or "\\" in route or ".." in route.split("/")
    if elsewhere or not path.isascii() or not path.isprintable() or "#" in path:
        raise ValueError(f"not a path below the base address: {redacted(path[:80])!r}")
    return f"{base_url.rstrip('/')}/{path.removeprefix('/')}"
