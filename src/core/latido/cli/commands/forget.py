"""`latido forget`."""

from __future__ import annotations

from typing import Annotated

import typer

from latido.cli._asking import confirm
from latido.cli._options import argument
from latido.cli._session import session
from latido.cli.commands.db import Yes, show_erased
from latido.errors import UsageError
from latido.messages import marker

_ = marker("latido")


def forget(
    context: typer.Context,
    email: Annotated[str, argument(_("The person's e-mail address."), metavar="EMAIL")],
    yes: Yes = False,
) -> int:
    """Erase a person everywhere."""
    from latido.warehouse import forget_person

    here = session(context)
    if "@" not in email.strip("@ "):
        raise UsageError(
            _("{email} is no e-mail address.", email=email), _("To forget a source: latido db forget SOURCE")
        )
    with here.warehouse.reading():
        """Fail at once where there is nothing to erase."""
    confirm(here.talk, _("Erase {email} everywhere?", email=email), yes=yes)
    erased = forget_person(here.warehouse, email)
    show_erased(here, erased)
    if erased:
        here.talk.warn(_("Erase them at the vendor too, or the next full sync brings them back."))
    else:
        here.talk.say(_("Nothing was stored of {email}.", email=email))
    return 0
