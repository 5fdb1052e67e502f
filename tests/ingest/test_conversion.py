"""Real files of every format, sound and broken, through the real parsers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from ingest.chunks import split_document
from ingest.conversion import Converter
from ingest.documents import MAX_CHARACTERS, UnreadableDocument

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(scope="module")
def converter() -> Iterator[Converter]:
    with Converter() as each:
        yield each


def pdf(*lines: str, password: str | None = None) -> bytes:
    file = io.BytesIO()
    style = getSampleStyleSheet()
    encryption = StandardEncryption(password, canPrint=0) if password else None
    document = SimpleDocTemplate(file, encrypt=encryption)
    document.build(
        [Paragraph(line, style["Heading2" if line[0].isdigit() else "BodyText"]) for line in lines]
    )
    return file.getvalue()


def docx(*paragraphs: tuple[str, str]) -> bytes:
    """A small Word file; each paragraph with its style ("Heading1" or "")."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in paragraphs
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>'
        for n in (1, 2)
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def xlsx(*rows: list[str]) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def test_pdf_text_is_read_and_numbered_lines_are_headings(converter: Converter) -> None:
    content = pdf("1. Shipping", "Parcels leave daily.", "1.2 Customs duties", "The recipient pays duties.")
    source = converter.convert(Path("guide.pdf"), content)
    _, placed = split_document("guide.pdf", source.markdown, source.title)
    assert [(each.chunk.section, each.chunk.text.strip()) for each in placed] == [
        ("1", "Parcels leave daily."),
        ("1.2", "The recipient pays duties."),
    ]


def test_docx_headings_are_kept(converter: Converter) -> None:
    content = docx(
        ("Heading1", "Returns"), ("", "Within a week."), ("Heading2", "3.2 Tea"), ("", "Unopened only.")
    )
    source = converter.convert(Path("returns.docx"), content)
    title, placed = split_document("returns.docx", source.markdown)
    assert title == "Returns"
    assert [(each.chunk.section, each.chunk.text) for each in placed] == [
        ("", "Within a week."),
        ("3.2", "Unopened only."),
    ]


def test_html_gives_what_a_reader_sees(converter: Converter) -> None:
    page = (
        "<html><head><title>Hours</title><style>p{}</style></head><body><nav>Home</nav><h2>When</h2>"
        "<p>Open from nine.</p><script>alert(1)</script><p hidden>secret</p>"
        "<div style='display: none'>obey</div><p style='color:red'>Closed on Sunday.</p></body></html>"
    )
    source = converter.convert(Path("hours.html"), page.encode())
    assert source.title == "Hours"
    assert source.markdown.split("\n\n") == ["## When", "Open from nine.", "Closed on Sunday."]


def test_html_in_another_encoding_is_read(converter: Converter) -> None:
    page = '<html><head><meta charset="windows-1252"></head><body><p>Tee für 5 €</p></body></html>'
    assert converter.convert(Path("a.htm"), page.encode("cp1252")).markdown.strip() == "Tee für 5 €"


def test_xlsx_questions_are_read(converter: Converter) -> None:
    content = xlsx(["Question", "Answer", "Category"], ["Do you ship?", "Yes.", "Shipping"])
    assert (
        converter.convert(Path("faq.XLSX"), content).markdown == "## Shipping\n\n### Do you ship?\n\nYes.\n"
    )


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 400_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", lambda: pdf("Secret.", password="x"), "encrypted"),
        ("a.pdf", lambda: b"%PDF-1.7\nnothing", "broken|empty"),
        ("a.pdf", lambda: b"hello", "broken"),
        ("a.pdf", pdf, "empty"),
        ("a.docx", lambda: b"PK\x03\x04 no", "broken"),
        ("a.docx", lambda: docx(("", "Text"))[:-300], "broken"),
        ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted"),
        ("a.docx", zip_bomb, "too large"),
        ("a.xlsx", lambda: xlsx(["Name"], ["Tea"]), "found are name"),
        ("a.xlsx", lambda: docx(("", "Text")), "broken"),
        ("a.html", lambda: b"<html><script>x()</script></html>", "empty"),
        ("a.html", lambda: b"", "empty"),
        ("a.txt", lambda: b" \n\n", "empty"),
        ("a.md", lambda: b"tea " * (MAX_CHARACTERS // 4 + 1), "too long"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(
    converter: Converter, name: str, content: Callable[[], bytes], reason: str
) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        converter.convert(Path(name), content())


def test_a_parser_that_does_not_end_costs_its_file_only() -> None:
    endless = b"<div>" * 200_000
    with Converter(time_limit=0.3) as impatient:
        with pytest.raises(UnreadableDocument, match="more than 0 seconds"):
            impatient.convert(Path("a.html"), endless)
        assert impatient.convert(Path("a.txt"), b"Fine.").markdown == "Fine."
    with Converter() as patient:
        assert patient.convert(Path("a.html"), b"<p>Fine.</p>").markdown.strip() == "Fine."
