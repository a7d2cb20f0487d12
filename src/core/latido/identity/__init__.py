"""Who is the same: accounts of all sources unified into customers, contacts into people, each link with its reason."""

from latido.identity._refresh import Relinked, fingerprint, is_stale, refresh

__all__ = ["Relinked", "fingerprint", "is_stale", "refresh"]
