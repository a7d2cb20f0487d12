"""Whether the query of a project's own KPI is one: it only reads, only what KPIs read, and runs alike everywhere.

Two parsers have to agree: DuckDB's, which will run it, says what statement it is and which tables it reads; sqlglot's
shows what it is made of.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from latido.messages import Message, marker
from latido.metrics._portable import complaints, line_of
from latido.metrics.own._known import TABLES, VALUES
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.errors import ConfigurationError
    from latido.metrics.own._file import OwnFile

_ = marker("latido")

_ENGINES_OWN = re.compile(r"(?i)counts|facts_\d+")
"""Names that the statement around a query has a meaning for."""

MODELLED = {
    "fx_rates": "m_rates",
    "marketing_spend": "m_spend",
    "survey_invitations": "m_invitations",
    "survey_responses": "m_answers",
    "web_sessions": "m_sessions",
}
"""What the model layer calls a table that it calls otherwise than the schema does."""

_AT_LINE = re.compile(r"LINE (\d+):")
_COLUMN = re.compile(r"[a-z_][a-z0-9_]*")
_HIDING = re.compile(r"/\*|\*/|\$\w*\$")
"""Comments that may nest, and texts between dollars: one parser may see code where another sees none."""


def checked(file: OwnFile) -> tuple[str, ...]:
    """Return the columns of the query in *file*; raises ConfigurationError unless facts may be read by it."""
    _check_statement(file)
    tree = _tree(file)
    _check_values(file, tree)
    for each in complaints(tree, file.sql):
        raise _refused(file, each.message, _("What does: docs/how-to/own-kpis.md"), each.line)
    _check_tables(file, tree)
    _check_names(file, tree)
    return _named(file, tree)


def _check_statement(file: OwnFile) -> None:
    """Raise ConfigurationError unless DuckDB, too, sees one SELECT and nothing else."""
    if not file.sql:
        raise file.refused(_("there is no query below the header."), _one_select())
    if hidden := _HIDING.search(file.sql):
        line = _line_at(file, hidden.start())
        problem = _("what stands in {marks} is read in more than one way.", marks=hidden[0])
        raise _refused(file, problem, _("Comments begin with --, texts stand in single quotes."), line)
    try:
        statements = duckdb.extract_statements(file.sql)
    except duckdb.Error as error:
        at = _AT_LINE.search(str(error))
        problem = _("this is not valid SQL: {reason}", reason=_reason(error))
        hint = _("Correct it, then run: latido check")
        raise _refused(file, problem, hint, int(at[1]) if at else None) from None
    deed = next((each.type.name for each in statements if each.type is not duckdb.StatementType.SELECT), None)
    if deed:
        raise _refused(file, _("{deed} does more than read.", deed=deed), _one_select(), _line_of_word(file, deed))
    if len(statements) != 1:
        raise _refused(file, _("this is not one query but {n}.", n=len(statements)), _one_select(), None)


def _tree(file: OwnFile) -> exp.Query:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # What it does not know, it says in a warning and we in words.
    try:
        # A tokenizer that meets '' as the last characters of a text looks for more; a line break is enough.
        (tree,) = (each for each in sqlglot.parse(f"{file.sql}\n", dialect="duckdb") if each is not None)
        tokens = sqlglot.tokenize(f"{file.sql}\n", dialect="duckdb")
    except (SqlglotError, RecursionError, ValueError):
        problem = _("this cannot be understood, so nobody knows that it only reads.")
        raise _refused(file, problem, _one_select(), None) from None
    if not isinstance(tree, exp.Query):
        raise _refused(file, _("{deed} does more than read.", deed=tree.key.upper()), _one_select(), line_of(tree))
    end = next((each for each in tokens if each.token_type is sqlglot.TokenType.SEMICOLON), None)
    if end is not None:
        line = _line_at(file, end.start)
        raise _refused(file, _("the query becomes part of a larger one."), _("Remove the semicolon."), line)
    # The tokenizer counts the end of a line behind END several times; where a word begins, it knows.
    for each in tree.walk():
        if "line" in each.meta:
            each.meta["line"] = _line_at(file, each.meta["start"])
    return tree


def _check_tables(file: OwnFile, tree: exp.Expr) -> None:
    """Raise ConfigurationError for a table that is none of the model layer's, nor defined by the query itself."""
    tables = list(tree.find_all(exp.Table))
    for table in tables:
        if table.db or table.catalog or (table.name and not re.fullmatch(r"\w+", table.name)):
            raise _no_table(file, table.sql(dialect="duckdb"), [table])
    for name in sorted(_read_by(file) - set(TABLES)):
        raise _no_table(file, name, [table for table in tables if table.name == name])


def _read_by(file: OwnFile) -> set[str]:
    """Return the tables that DuckDB would look for; it says so only of queries without values to be bound."""
    try:
        with duckdb.connect(config={"enable_external_access": False}) as connection:
            return set(connection.get_table_names(re.sub(r"\$\w+", "NULL", file.sql)))
    except duckdb.Error as error:
        problem = _("the query cannot be run: {reason}", reason=_reason(error))
        raise _refused(file, problem, _one_select(), None) from None


def _no_table(file: OwnFile, name: str, tables: list[exp.Table]) -> ConfigurationError:
    modelled = MODELLED.get(name, f"m_{name}")
    near = modelled if modelled in TABLES else nearest(name, TABLES)
    hint = (
        _("Did you mean {near}? All tables: docs/reference/kpis.md", near=near)
        if near
        else _("All tables: docs/reference/kpis.md")
    )
    return _refused(file, _("{name} is no table that KPIs read.", name=name), hint, line_of(tables[0]) if tables else 1)


def _check_names(file: OwnFile, tree: exp.Expr) -> None:
    """Raise ConfigurationError for a name that the engine would take for its own."""
    for each in tree.find_all(exp.Identifier):
        defines = isinstance(each.parent, exp.TableAlias) and isinstance(each.parent.parent, exp.CTE)
        if _ENGINES_OWN.fullmatch(each.name) or (defines and each.name.lower() in TABLES):
            problem = _("{name} is a name of the engine's own.", name=each.name)
            raise _refused(file, problem, _("Call it otherwise."), line_of(each))


def _check_values(file: OwnFile, tree: exp.Expr) -> None:
    values = (*VALUES, *file.values)
    for each in _values(tree):
        if each not in values:
            near, known = nearest(each, values), ", ".join(f"${name}" for name in values)
            hint = (
                _("Did you mean {near}? There is: {known}", near=f"${near}", known=known)
                if near
                else _("There is: {known}", known=known)
            )
            raise _refused(file, _("there is no value ${name}.", name=each), hint, _line_of_word(file, f"${each}"))


def _values(tree: exp.Expr) -> Iterator[str]:
    for each in tree.find_all(exp.Placeholder, exp.Parameter):
        yield each.name or "?"


def _named(file: OwnFile, tree: exp.Query) -> tuple[str, ...]:
    """Return the names of the columns; raises ConfigurationError for one without, or two with the same."""
    names = [each.alias_or_name.lower() if isinstance(each, exp.Alias | exp.Column) else "" for each in tree.selects]
    if "" in names:
        number = names.index("") + 1
        raise _refused(file, _("column {n} has no name.", n=number), _("Write AS and a name behind it."), None)
    odd = next((name for name in names if not _COLUMN.fullmatch(name)), None)
    if odd:
        hint = _("Write it in letters, digits and underscores.")
        raise _refused(file, _("{name} cannot be the name of a column.", name=odd), hint, None)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise _refused(file, _("two columns are called {name}.", name=twice), _("Rename one of them."), None)
    return tuple(names)


def _line_of_word(file: OwnFile, word: str) -> int | None:
    """Return the line of the SQL that *word* first stands on."""
    found = re.search(rf"(?i)(?<!\w){re.escape(word)}\b", file.sql)
    return _line_at(file, found.start()) if found else None


def _line_at(file: OwnFile, start: int) -> int:
    return file.sql[:start].count("\n") + 1


def _reason(error: duckdb.Error) -> str:
    """Return what DuckDB says is wrong, without the excerpt."""
    return str(error).partition("\n")[0].partition(": ")[2] or str(error)


def _one_select() -> Message:
    return _("Write one SELECT below the header. Latido only ever reads.")


def _refused(file: OwnFile, problem: Message, hint: Message, line: int | None) -> ConfigurationError:
    """Return what to raise; *line* is one of the query's, its first where it is not known."""
    return file.refused(problem, hint, file.sql_line + (line or 1) - 1)
