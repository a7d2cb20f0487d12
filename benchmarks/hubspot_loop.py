"""The least that anybody does: download the contacts, 100 a page, and decode their properties. Prints the seconds."""

from __future__ import annotations

import sys
import time

import httpx
import msgspec

PROPERTIES = (
    "email,firstname,lastname,phone,jobtitle,company,associatedcompanyid,lifecyclestage,hs_lead_status,createdate,"
    "lastmodifieddate,hubspot_owner_id,hs_merged_object_ids,hs_all_contact_vids,hs_analytics_source,country,hs_language"
)


class Record(msgspec.Struct):
    id: str
    properties: dict[str, str | None]


class Next(msgspec.Struct):
    after: str


class Paging(msgspec.Struct):
    next: Next | None = None


class Answer(msgspec.Struct):
    results: list[Record]
    paging: Paging | None = None


def main(url: str, token: str) -> None:
    decoder, after = msgspec.json.Decoder(Answer), None
    began = time.perf_counter()
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        while True:
            asked = {"limit": 100, "properties": PROPERTIES, **({"after": after} if after else {})}
            answer = decoder.decode(client.get("/crm/v3/objects/contacts", params=asked).content)
            after = answer.paging.next.after if answer.paging and answer.paging.next else None
            if after is None:
                break
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
