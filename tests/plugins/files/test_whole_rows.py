"""Spend without an id: the whole row is the key, so an edited row is another one, and must not count beside the old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.sync import Options
from tests.house import receipts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.plugins.files.project import Folder

HEADER = "spend_date,amount,currency\n"


def spend(*amounts: object) -> str:
    return HEADER + "".join(f"2026-01-{n % 28 + 1:02},{amount},EUR\n" for n, amount in enumerate(amounts))


def spent(folder: Folder) -> float:
    ((total,),) = folder.ask("SELECT COALESCE(SUM(amount), 0) FROM marketing_spend WHERE is_deleted IS NOT TRUE")
    return float(total)


def after(folder: Folder, *contents: str, name: str = "marketing_spend.csv") -> Sequence[float]:
    """Return what was spent after each of *contents* stood in the file."""
    found = []
    for content in contents:
        folder.put(name, content)
        assert 0 == folder.sync().exit_code
        found.append(spent(folder))
    return found


def test_an_edited_amount_counts_once(folder: Folder) -> None:
    assert [30, 35] == after(folder, spend(10, 20), spend(10, 25))


def test_a_removed_row_counts_no_more(folder: Folder) -> None:
    assert [60, 30] == after(folder, spend(10, 20, 30), spend(10, 20))


def test_a_file_that_is_taken_away_takes_its_rows_along(folder: Folder) -> None:
    gone = folder.put("marketing_spend/a.csv", spend(10))
    folder.put("marketing_spend/b.csv", spend(5, 20))
    folder.sync()
    gone.unlink()

    folder.sync()

    assert 25 == spent(folder)


def test_an_edit_of_most_rows_of_a_large_file_is_no_mass_deletion(folder: Folder) -> None:
    assert [5050, 10100] == after(folder, spend(*range(1, 101)), spend(*range(2, 202, 2)))


def test_very_many_rows_that_go_for_good_are_kept_until_somebody_says_so(folder: Folder) -> None:
    after(folder, spend(*range(1, 101)))
    folder.put("marketing_spend.csv", spend(1))

    held = folder.sync()
    before = spent(folder)
    folder.sync(options=Options(allow_mass_delete=True))

    assert (8, 5050) == (held.exit_code, before)
    assert 1 == spent(folder)


def test_another_mapping_reads_the_same_rows_and_not_more_of_them(folder: Folder) -> None:
    """Net becomes gross in the settings; the file is as it was."""
    rows = "".join(f"2026-01-01,{n},{n + 1},EUR,{n}\n" for n in range(50))
    folder.put("marketing_spend.csv", f"spend_date,Net,Gross,currency,Region\n{rows}")
    folder.sync(fields={"marketing_spend": {"amount": "Net"}})
    net = spent(folder)

    report = folder.sync(fields={"marketing_spend": {"amount": "Gross"}})
    gross = spent(folder)
    folder.sync(fields={"marketing_spend": {"amount": "Gross"}}, custom=["Region"])

    assert (0, 50) == (report.exit_code, receipts(report)["marketing_spend"].deleted)
    assert (1225, 1275, 1275) == (net, gross, spent(folder))


def test_a_renamed_column_and_another_format_leave_what_the_file_holds(folder: Folder) -> None:
    folder.put("marketing_spend.csv", spend(10, 20))
    folder.sync()
    folder.put("marketing_spend.csv", 'Fecha;Importe;currency\n03/04/2025;"10,50";EUR\n')

    report = folder.sync(
        fields={"marketing_spend": {"spend_date": "Fecha", "amount": "Importe"}},
        dates="%d/%m/%Y",
        decimal=",",
        delimiter=";",
    )

    assert (0, 10.5) == (report.exit_code, spent(folder))


def test_equal_rows_are_one_in_one_file_and_across_files(folder: Folder) -> None:
    """Two exports that overlap count once; of an equal row that two files hold, one is still there when one is gone."""
    folder.put("marketing_spend/a.csv", HEADER + "2026-01-01,10,EUR\n2026-01-01,10,EUR\n2026-01-01,10,EUR\n")
    gone = folder.put("marketing_spend/b.csv", HEADER + "2026-01-01,10,EUR\n2026-01-02,5,EUR\n")
    folder.sync()
    both = spent(folder)
    gone.unlink()

    folder.sync()

    assert (15, 10) == (both, spent(folder))
    counted = "data/marketing_spend/a.csv: rows that say what one before says, and count once: 2"
    assert f"{counted}; if each is meant, give it an id." in folder.warnings


def test_an_id_that_is_added_later_takes_the_place_of_the_whole_row(folder: Folder) -> None:
    with_ids = "source_id,spend_date,amount,currency\nS1,2026-01-01,10,EUR\nS2,2026-01-02,20,EUR\n"

    assert [30, 30] == after(folder, spend(10, 20), with_ids)


def test_rows_with_an_id_of_their_own_stay_unless_deletions_are_asked_for(folder: Folder) -> None:
    header = "source_id,spend_date,amount,currency\n"
    rows = ["S1,2026-01-01,10,EUR\n", "S2,2026-01-02,20,EUR\n"]
    folder.put("marketing_spend.csv", header + "".join(rows) + ",2026-01-03,1,EUR\n")
    folder.sync()
    folder.put("marketing_spend.csv", header + rows[0] + ",2026-01-03,2,EUR\n")

    folder.sync()
    unasked = spent(folder)
    folder.put("marketing_spend.csv", header + rows[0])
    folder.sync(deletions=True)

    assert (32, 10) == (unasked, spent(folder))


def test_what_goes_is_kept_where_that_is_asked_for(folder: Folder) -> None:
    folder.put("marketing_spend.csv", spend(10, 20))
    folder.sync(deletions=False)
    folder.put("marketing_spend.csv", spend(10))

    folder.sync(deletions=False)

    assert 30 == spent(folder)
