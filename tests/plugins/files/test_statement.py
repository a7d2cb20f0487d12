"""Only what reads is ever sent to a database."""

from __future__ import annotations

import pytest

from latido.errors import ConfigurationError
from latido_files.statement import checked

READING = [
    "select * from sales",
    "SELECT a, b AS amount FROM sales WHERE day > '2026-01-01' -- the insert below is a comment",
    "with recent as (select * from sales) select * from recent",
    "select 'insert into sales' as name from sales",
    "select * from sales union all select * from old_sales",
    "select updated_at, deleted_at from sales order by updated_at",
]

WRITING = [
    ("insert into sales values (1)", "INSERT"),
    ("update sales set amount = 0", "UPDATE"),
    ("delete from sales", "DELETE"),
    ("drop table sales", "DROP"),
    ("create table copy as select * from sales", "CREATE"),
    ("alter table sales add column x int", "ALTER"),
    ("merge into sales using new on sales.id = new.id when matched then delete", "MERGE"),
    ("truncate table sales", "TRUNCATE"),
    ("with gone as (delete from sales returning *) select * from gone", "DELETE"),
    ("select * into copy from sales", "INTO"),
    ("select * from sales for update", "FOR UPDATE"),
    ("call tidy_up()", "CALL"),
    ("set role admin", "SET"),
    ("grant all on sales to public", "GRANT"),
]


@pytest.mark.parametrize("sql", READING)
def test_a_query_that_reads_is_taken_as_it_is(sql: str) -> None:
    assert sql == checked("marketing_spend", sql, "postgresql")


@pytest.mark.parametrize(("sql", "deed"), WRITING)
def test_a_query_that_writes_is_refused_with_what_it_would_do(sql: str, deed: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked("marketing_spend", sql, "postgresql")

    assert f"marketing_spend: the query would write: {deed}." == str(caught.value)
    assert "Write one SELECT per table. Latido only ever reads." == str(caught.value.hint)


@pytest.mark.parametrize(
    ("sql", "backend"),
    [
        ("pragma journal_mode = delete", "sqlite"),
        ("attach database 'other.db' as other", "sqlite"),
        ("vacuum", "sqlite"),
        ("select * from sales into outfile '/tmp/all'", "mysql"),
        ("load data infile '/tmp/all' into table sales", "mysql"),
        ("copy sales to '/tmp/all'", "postgresql"),
        ("do $$ begin delete from sales; end $$", "postgresql"),
        ("exec tidy_up", "mssql"),
    ],
)
def test_what_only_one_database_knows_is_refused_as_well(sql: str, backend: str) -> None:
    with pytest.raises(ConfigurationError):
        checked("marketing_spend", sql, backend)


@pytest.mark.parametrize(
    ("call", "backend"),
    [
        ("nextval('invoices')", "postgresql"),
        ("setval('invoices', 1)", "postgresql"),
        ("set_config('transaction_read_only', 'off', false)", "postgresql"),
        ("pg_terminate_backend(1)", "postgresql"),
        ("dblink_exec('other', 'drop table sales')", "postgresql"),
        ("pg_sleep(3600)", "postgresql"),
        ("load_extension('mine')", "sqlite"),
        ("load_file('/etc/passwd')", "mysql"),
        ("get_lock('sales', 1)", "mysql"),
        ("next value for invoices", "mssql"),
        ("invoices.nextval", "oracle"),
    ],
)
def test_a_call_that_does_more_than_read_is_refused(call: str, backend: str) -> None:
    with pytest.raises(ConfigurationError, match=r"marketing_spend: the query calls \w+, which does more than read\."):
        checked("marketing_spend", f"select {call} as amount from dual", backend)


@pytest.mark.parametrize("backend", ["mysql", "mariadb"])
def test_a_comment_that_is_executed_is_refused(backend: str) -> None:
    with pytest.raises(ConfigurationError, match=r"what a comment /\*! … \*/ says is executed, unseen"):
        checked("marketing_spend", "select 1 /*!50000 into outfile '/tmp/all' */", backend)


def test_two_statements_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"marketing_spend: this is not one query but 2\."):
        checked("marketing_spend", "select 1; drop table sales", "sqlite")


def test_nothing_is_no_query() -> None:
    with pytest.raises(ConfigurationError, match=r"marketing_spend: this is not one query but 0\."):
        checked("marketing_spend", " -- later\n", "sqlite")


def test_a_semicolon_at_the_end_is_taken_off() -> None:
    assert "select 1" == checked("marketing_spend", "select 1 ;\n", "sqlite")


def test_what_cannot_be_understood_is_refused_with_the_place() -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked("marketing_spend", "select * frm sales where (", "sqlite")

    assert "marketing_spend: the query cannot be understood" in str(caught.value)
    assert "select * from that_view" in str(caught.value.hint)
