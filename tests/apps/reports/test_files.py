"""The files of a report, opened again: the numbers of the report, and no name that does anything."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pdfminer.high_level import extract_pages, extract_text

from agents.errors import BadInput
from agents.weekly.document import describe
from apps.reports.files import FORMATS, report_file
from apps.reports.tables import all_tables
from apps.reports.writing import ENDINGS, write_report
from tests.editions import NASTY, edition, empty


class Page(HTMLParser):
    """The elements of a page and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_stands_alone_and_runs_nothing() -> None:
    text = report_file(edition(), "html").content.decode()
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "i"} & {name for name, _ in page.elements}
    assert not re.search(r"""(?:src|href|xlink:href)=["'](?!#)|@import|url\((?!#)""", text)
    assert all(not name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert NASTY in page.words
    assert "<i>tv</i>" in page.words
    assert "Sample data" in page.words


def test_the_page_has_every_chart_twice_once_for_dark_paper_with_words_and_a_table() -> None:
    page = Page(report_file(edition(), "html").content.decode())
    assert len(page.all("svg")) == 10
    pictures = [one["aria-label"] for one in page.all("div") if one.get("role") == "img"]
    assert len(pictures) == 10
    assert all(pictures)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_a_claimed_number_opens_to_value_definition_and_query() -> None:
    page = Page(report_file(edition(), "html").content.decode())
    opened = [one["id"] for one in page.all("div") if "popover" in one]
    assert [one["popovertarget"] for one in page.all("button")] == ["claim-1", "claim-2"]
    assert set(opened) == {"claim-1", "claim-2"}
    assert "SELECT sum(net) FROM orders WHERE note < '<b>'" in page.words


def test_the_pdf_holds_the_words_the_numbers_and_the_charts(tmp_path: Path) -> None:
    content = report_file(edition(), "pdf").content
    words = " ".join(extract_text(io.BytesIO(content)).split())
    for expected in (
        "Weekly report", "9 to 15 November 2026", "Sample data", "$47,800", "+12%", "no cash is recorded",
        "Such intervals held in 79% of 40", "AUC 0.78", "the tickets cannot be read", "paid social", "At Risk",
        "ü", "€", "茶", "<script>alert(1)</script>",
    ):  # fmt: skip
        assert expected in words, expected
    assert "who bought again" in words  # charts are vectors with words in them
    assert len(list(extract_pages(io.BytesIO(content)))) >= 2


def test_the_workbook_has_a_sheet_a_table_with_numbers_as_numbers() -> None:
    book = load_workbook(io.BytesIO(report_file(edition(), "xlsx").content))
    document = describe(edition())
    assert book.sheetnames == [one.title[:31] for one in all_tables(document)]
    metrics = {row[0]: row for row in book["All metrics"].iter_rows(min_row=2, values_only=True)}
    assert metrics["Net revenue"][1:4] == (47_800, 42_678.57, "+12%")
    assert metrics["Net burn a month"][1] is None
    assert "no cash" in str(metrics["Net burn a month"][5])
    named = book["Likely to stop"]["A2"]
    assert (named.value, named.data_type) == (NASTY, "s")
    assert book["Segments"]["E3"].value == 12_345.67


@pytest.mark.parametrize("name", [one.name for one in all_tables(describe(edition()))])
def test_a_table_as_csv_has_the_same_numbers_and_no_formula(name: str) -> None:
    document = describe(edition())
    table = next(one for one in all_tables(document) if one.name == name)
    file = report_file(edition(), "csv", name)
    lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert file.name == f"weekly-2026-11-09-{name}.csv"
    assert lines[0] == list(table.columns)
    assert len(lines) == 1 + len(table.rows)
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "@"))]


def test_all_tables_come_in_one_archive() -> None:
    file = report_file(edition(), "csv")
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.namelist() == [f"{one.name}.csv" for one in all_tables(describe(edition()))]
        assert b"47800" in archive.read("metrics.csv")
    assert file.name == "weekly-2026-11-09-tables.zip"


@pytest.mark.parametrize("wanted", FORMATS)
def test_a_report_on_nothing_is_a_file_with_reasons(wanted: str) -> None:
    file = report_file(empty(), wanted)
    if wanted in ("html", "md"):
        assert "no order is known" in file.content.decode()
        assert "fewer than 180 days" in file.content.decode()
    if wanted == "pdf":
        assert "no order is known" in " ".join(extract_text(io.BytesIO(file.content)).split())


@pytest.mark.parametrize(
    ("wanted", "table", "said"), [("docx", None, "html, pdf"), ("csv", "nope", "there are metrics")]
)
def test_what_there_is_not_is_said_to_be_none(wanted: str, table: str | None, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        report_file(edition(), wanted, table)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_report_is_written_in_the_format_that_its_name_ends_in(tmp_path: Path, ending: str) -> None:
    written = write_report(edition(), tmp_path / f"week.{ending}")
    assert all(file.stat().st_size for file in written)
    assert len(written) == (len(all_tables(describe(edition()))) if ending == "csv" else 1)


@pytest.mark.parametrize(
    ("file", "said"), [("week.docx", "Choose one of"), ("week", "ending"), ("no/week.pdf", "no folder")]
)
def test_a_file_that_cannot_be_written_is_refused_with_what_to_do(
    tmp_path: Path, file: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        write_report(edition(), tmp_path / file)
