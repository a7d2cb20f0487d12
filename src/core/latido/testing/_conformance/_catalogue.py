"""What every connector promises."""

from __future__ import annotations

from latido.schema import Ticket, TicketEvent
from latido.testing._conformance import _account as account
from latido.testing._conformance import _changes as changes
from latido.testing._conformance import _discretion as discretion
from latido.testing._conformance import _reading as reading
from latido.testing._conformance import _rows as rows
from latido.testing._conformance import _trouble as trouble
from latido.testing._conformance._promise import (
    Promise,
    counted,
    drilled,
    filling,
    limited,
    perishable,
    resumed,
    served,
)

PROMISES = (
    Promise("unique_ids", reading.ids_are_unique),
    Promise("cursors", reading.cursors_never_go_back),
    Promise("resuming", reading.resuming_after_any_page_gives_the_same_tables),
    Promise("reading_again", reading.reading_again_changes_nothing),
    Promise("ties", reading.records_changed_in_one_instant_all_arrive, drilled("touch")),
    Promise("moving_records", reading.records_that_change_while_being_read_arrive, served),
    Promise("deletions", changes.deleted_records_are_marked, drilled("delete")),
    Promise("time_of_deletion", changes.a_deletion_has_its_time, drilled("delete")),
    Promise("restored_records", changes.restored_records_come_back_whole, drilled("delete", "restore")),
    Promise("merges", changes.merged_records_leave_the_count, drilled("merge")),
    Promise("survivor_of_a_merge", changes.a_merged_record_names_its_survivor, drilled("merge")),
    Promise("quarantine", changes.a_malformed_record_is_put_away_and_the_rest_arrives, drilled("spoil")),
    Promise("role_at_the_time", changes.who_answered_is_told_as_it_was, filling(TicketEvent)),
    Promise("spam", changes.spam_is_told_from_requests, filling(Ticket)),
    Promise("told_429", trouble.a_429_that_tells_how_long_to_wait_is_survived, served),
    Promise("untold_429", trouble.a_429_that_tells_nothing_is_survived, served),
    Promise("server_errors", trouble.a_server_error_is_survived, served),
    Promise("dropped_connections", trouble.a_dropped_connection_is_survived, served),
    Promise("truncated_answers", trouble.a_truncated_answer_is_survived, served),
    Promise("pages_for_people", trouble.a_page_for_people_is_survived, served),
    Promise("expiring_tokens", trouble.a_token_that_expires_in_the_middle_is_renewed, perishable),
    Promise("documented_limits", trouble.documented_limits_are_never_hit, limited, whole=True),
    Promise("secrets", discretion.secrets_never_show, whole=True),
    Promise("required_fields", rows.required_fields_are_filled),
    Promise("references", rows.references_lead_to_stored_rows),
    Promise("own_fields", rows.fields_of_the_user_are_honoured, rows.maps_plainly),
    Promise("receipts", account.the_receipt_adds_up),
    Promise("exact_count", account.the_count_is_exact, counted),
    Promise("cost_follows_change", account.what_did_not_change_costs_nothing, resumed),
    Promise("flat_memory", account.memory_stays_flat),
)
