"""Campaigns, and what was spent on them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from latido.connect import Mapping, Page, Refused, constant, first, local_date, requested
from latido.errors import NotOffered
from latido.messages import marker
from latido.schema import Campaign, MarketingSpend
from latido_hubspot.properties import unknown
from latido_hubspot.reading import HubSpotStream
from latido_hubspot.records import ids_of
from latido_hubspot.references import ACCOUNT
from latido_hubspot.transforms import PROPERTIES, calendar_day, company_currency, day, instant, lower, moment, named
from latido_hubspot.unfolding import unfolded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from latido.connect import Cursor, JsonObject
    from latido.messages import Message

_ = marker("latido_hubspot")

LAG = timedelta(minutes=15)
ONE_DAY = timedelta(days=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

READABLE = (
    "hs_audience", "hs_budget_items_sum_amount", "hs_campaign_status", "hs_color_hex", "hs_created_by_user_id",
    "hs_currency_code", "hs_end_date", "hs_goal", "hs_name", "hs_notes", "hs_object_id", "hs_owner",
    "hs_spend_items_sum_amount", "hs_start_date", "hs_utm",
)  # fmt: skip
"""HubSpot's own properties that it lets read; its list of properties names more."""


class Campaigns(HubSpotStream):
    """Campaigns, the latest change first, each with its items of spend, which cost a request per campaign.

    Such a walk has no safe cursor before its end. Nothing says that spending counts as a change of the campaign, so a
    sweep reads them all again. Only the properties that HubSpot lets read are asked for: any other is refused.
    """

    name = "campaigns"
    entities = (Campaign, MarketingSpend)
    deletions = "census"
    reference = (ACCOUNT,)
    optional = True
    mappings = (
        Mapping(
            Campaign,
            source_id="id",
            created_at="createdAt",
            updated_at="updatedAt",
            name=named("hs_name"),
            status=lower(named("hs_campaign_status")),
            started_on=calendar_day(named("hs_start_date")),
            ended_on=calendar_day(named("hs_end_date")),
            budget=named("hs_budget_items_sum_amount"),
            currency=first(named("hs_currency_code"), company_currency()),
        ),
        Mapping(
            MarketingSpend,
            source_id="key",
            created_at=moment("createdAt"),
            updated_at=moment("updatedAt"),
            spend_date=local_date("from"),
            spend_end="until",
            amount="amount",
            currency=first("currency", company_currency()),
            category=constant("marketing"),
            campaign_id="campaign",
        ),
    )

    def start(self, since: datetime | None) -> Cursor:
        return {} if since is None else {"since": since.isoformat()}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        sweeping = self._sweeping(cursor)
        begin = datetime.fromisoformat(cursor["since"]) if "since" in cursor else BEGINNING
        newest = datetime.fromisoformat(cursor["newest"]) if "newest" in cursor else begin
        if not sweeping:
            begin = max(begin, newest - LAG)
        for campaigns in self._newest_first():
            changed = [each for each in campaigns if changed_at(each) >= begin]
            newest = max([newest, *map(changed_at, changed)])
            yield self._with_spend(changed)
            if len(changed) < len(campaigns):
                break
        swept = self.connector.now_there() if sweeping else cursor["swept"]
        yield Page(cursor={**cursor, "newest": newest.isoformat(), "swept": swept})

    def ids(self) -> Iterator[list[str]]:
        for campaigns in self.listed(self.connector.paths.campaigns, {}):
            yield ids_of(campaigns)

    def probe(self) -> None:
        with self._own_fields_judged():
            self.connector.get(self.connector.paths.campaigns, {**self._asked(), "limit": 1})

    def _newest_first(self) -> Iterator[list[JsonObject]]:
        with self._own_fields_judged():
            yield from self.listed(self.connector.paths.campaigns, self._asked())

    def _asked(self) -> dict[str, str | int]:
        paths = requested([each for each in self.effective_mappings if each.entity is Campaign])
        wanted = ",".join(each.removeprefix(PROPERTIES) for each in paths if each.startswith(PROPERTIES))
        return {"sort": "-updatedAt", "properties": wanted}

    @contextmanager
    def _own_fields_judged(self) -> Iterator[None]:
        """Raise ConfigurationError where HubSpot refuses a property because the user's mapping names it."""
        try:
            yield
        except Refused as refusal:
            for column, where in self.connector.settings.fields.get(Campaign.table, {}).items():
                if refusal.status == HTTPStatus.BAD_REQUEST and where.removeprefix(PROPERTIES) in refusal.sentence:
                    raise unknown(Campaign.table, column, where, map(named, READABLE)) from refusal
            raise

    def _sweeping(self, cursor: Cursor) -> bool:
        every = self.connector.settings.sweep_every // timedelta(milliseconds=1)
        return self.connector.now_there() - int(cursor.get("swept", -every)) >= every

    def _with_spend(self, campaigns: Sequence[JsonObject]) -> Page:
        """Return the page of *campaigns*; what was spent on one stays as it was if HubSpot does not tell it."""
        warnings: list[Message] = []
        complete: list[str] = []

        def items(campaign: JsonObject) -> Iterator[JsonObject]:
            try:
                totals = self._totals(campaign)
            except NotOffered as refusal:
                warnings.append(_("{why}", why=refusal.message))
                return
            complete.append(str(campaign["id"]))
            yield from spent(campaign, totals)

        spend, unfit = unfolded(MarketingSpend, campaigns, items)
        rows, rejected = self.rows(Campaign, campaigns)
        spend_rows, unspent = self.rows(MarketingSpend, spend)
        return Page(
            (rows, spend_rows),
            fetched=len(campaigns),
            replaces={MarketingSpend: ("campaign_id", complete)},
            rejected=(*rejected, *unfit, *unspent),
            warnings=warnings[:1],
        )

    def _totals(self, campaign: JsonObject) -> JsonObject:
        return self.connector.get(f"{self.connector.paths.campaigns}/{campaign['id']}/budget/totals")


def changed_at(campaign: Any) -> datetime:
    """Return when *campaign* changed; one that does not tell never did, and waits for a sweep."""
    try:
        return instant(campaign["updatedAt"]) or BEGINNING
    except (LookupError, TypeError, ValueError):
        return BEGINNING


def spent(campaign: JsonObject, totals: JsonObject) -> Iterator[JsonObject]:
    """Yield the items of spend in *totals*, each with the days over which it counts."""
    for item in totals.get("spendItems") or ():
        begin, until = period(campaign, instant(item.get("createdAt")))
        yield {
            **item,
            "key": f"{campaign['id']}:{item['id']}",
            "campaign": str(campaign["id"]),
            "currency": totals.get("currencyCode"),
            "from": begin,
            "until": until,
        }


def period(campaign: JsonObject, entered: datetime | None) -> tuple[date | datetime | None, date | None]:
    """Return from when, and until before when, money counts that was spent on *campaign*: HubSpot does not say when.

    It counts evenly over the days of the campaign; of one without beginning or end, on the day it was *entered*.
    """
    told = campaign.get("properties") or {}
    begin, end = day(told.get("hs_start_date")), day(told.get("hs_end_date"))
    if begin and end and begin <= end:
        return begin, end + ONE_DAY
    return entered, None
