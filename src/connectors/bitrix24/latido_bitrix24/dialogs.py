"""Sessions of open channels: whom they were with, and who said something when. No text is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.connect import JsonObject

NOBODY = "0"
"""Who sends what an open channel says by itself."""

SESSION_PART = 5
"""Where a dialog's data name its latest session, counted from 0."""

OWNERS = {"1": ("contact", "lead:"), "3": ("contact", ""), "4": ("account", "")}
"""What an activity belongs to, by its type: the column, and what stands before the id."""


def user_code(activity: JsonObject) -> str | None:
    """Return the key of the dialog, such as livechat|22|1775|599; nothing is an empty list."""
    params = activity.get("PROVIDER_PARAMS")
    code = params.get("USER_CODE") if isinstance(params, dict) else None
    return str(code).removeprefix("imol|") if code else None


def channel(activity: JsonObject) -> str | None:
    code = user_code(activity)
    return code.partition("|")[0].lower() if code else None


def owner(activity: JsonObject) -> dict[str, str]:
    """Return the account, or the contact, that *activity* belongs to."""
    found = OWNERS.get(str(activity.get("OWNER_TYPE_ID")))
    return {} if found is None else {found[0]: f"{found[1]}{activity.get('OWNER_ID')}"}


def session_id(activity: JsonObject) -> str | None:
    """Return the id of the session, where *activity* tells it."""
    told = str(activity.get("ASSOCIATED_ENTITY_ID") or "0")
    return None if told == "0" else told


def latest_session(dialog: Any) -> str | None:
    """Return the id of the latest session of *dialog*: older ones it does not tell."""
    parts = str(dialog.get("entity_data_1") or "").split("|") if isinstance(dialog, dict) else []
    told = parts[SESSION_PART] if len(parts) > SESSION_PART else "0"
    return None if told in {"", "0"} else told


def messages(history: Any) -> Iterator[JsonObject]:
    """Yield what people said, oldest first, each with the `role` of who did. Bots and the channel are no people."""
    said, users = (keyed(history, name) for name in ("message", "users"))
    for message in sorted(said.values(), key=lambda each: int(each["id"])):
        if (role := role_of(users.get(str(message.get("senderid"))))) is not None:
            yield {**message, "role": role}


def keyed(told: Any, name: str) -> dict[str, Any]:
    """Return what *told* has under *name*, by ids; where there is nothing, Bitrix24 has an empty list."""
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, dict) else {}


def role_of(user: Any) -> str | None:
    """Return what *user* is in a dialog; None for what is no person."""
    if not isinstance(user, dict) or user.get("bot") is True:
        return None
    return "requester" if user.get("connector") is True else "agent"
