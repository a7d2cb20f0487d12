"""At which exchange rates the money of a figure was converted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.messages import marker

if TYPE_CHECKING:
    from latido.cli._session import Session
    from latido.messages import Message
    from latido.metrics import Explanation, RatesUsed

_ = marker("latido")


def tell_rates(here: Session, found: Explanation) -> None:
    """Print whose rates they are and of which days, a line per currency and provider."""
    for each in found.rates:
        here.output.line(_rates(each, here.project.currency))
    if any(each.provider is None for each in found.rates):
        here.output.line(_('Write them down in fx_rates.csv, or let those of the ECB count: fx = "ecb" in [metrics]'))


def _rates(used: RatesUsed, home: str) -> Message:
    days = str(used.first_on) if used.first_on == used.last_on else f"{used.first_on}/{used.last_on}"
    known = {"currency": used.currency, "days": days, "n": used.records}
    if used.provider is None:
        return _("Rates: none for {currency} on {days} (records: {n:,})", **known)
    if used.rate is None:
        return _("Rates: {currency} by {provider}, of {days} (records: {n:,})", **known, provider=used.provider)
    rate = f"{used.rate.normalize():f}"
    return _(
        "Rates: 1 {currency} = {rate} {home} by {provider}, of {days} (records: {n:,})",
        **known,
        rate=rate,
        home=home,
        provider=used.provider,
    )
