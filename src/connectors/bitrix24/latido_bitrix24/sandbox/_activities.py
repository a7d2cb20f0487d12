"""What is done for records: letters, calls, sessions, forms that were filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latido.testing.world import Instant
    from latido_bitrix24.sandbox._stamps import PortalTime

INCOMING, OUTGOING, NEITHER = "1", "2", "0"


def activity(time: PortalTime, owner: tuple[int, int], at: Instant, user: int, **more: Any) -> dict[str, Any]:
    """Return something that was done for *owner* (a type and an id) at *at*; everything in it is text."""
    stamp = time.stamp(at)
    return {
        "OWNER_ID": str(owner[1]),
        "OWNER_TYPE_ID": str(owner[0]),
        "TYPE_ID": "6",
        "PROVIDER_ID": "",
        "PROVIDER_TYPE_ID": "",
        "PROVIDER_GROUP_ID": None,
        "ASSOCIATED_ENTITY_ID": "0",
        "SUBJECT": "",
        "START_TIME": stamp,
        "END_TIME": stamp,
        "DEADLINE": "",
        "COMPLETED": "Y",
        "STATUS": "2",
        "RESPONSIBLE_ID": str(user),
        "PRIORITY": "2",
        "DIRECTION": NEITHER,
        "AUTHOR_ID": str(user),
        "CREATED": stamp,
        "LAST_UPDATED": stamp,
        "EDITOR_ID": str(user),
        "SETTINGS": [],
        "ORIGIN_ID": None,
        "PROVIDER_PARAMS": [],
        "RESULT_MARK": "0",
        "RESULT_STATUS": "0",
        "IS_INCOMING_CHANNEL": "N",
        "DESCRIPTION": "",
        **more,
    }
