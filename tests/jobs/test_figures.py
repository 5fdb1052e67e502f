"""The figures of an evaluation on rows small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents.domain import Citation
from jobs.figures import FIGURES, NO_ANSWER, NO_GOLD, ONE_KIND, Row, judge


def citation(document: str) -> Citation:
    return Citation(document=document, section="1", anchor="1", quote="q")


RIGHT = Row(
    set="s", id="1", answerable=True, gold=("a.md",), decision="answer", confidence=0.9,
    retrieved=("a.md", "b.md"), answer="q", citations=(citation("a.md"),), seconds=0.1, reason="confident",
)  # fmt: skip
SECOND = replace(RIGHT, id="2", retrieved=("b.md", "a.md"), citations=(citation("b.md"),), confidence=0.8)
UNANSWERABLE = replace(
    RIGHT, id="3", answerable=False, gold=(), decision="escalate", confidence=0.2, seconds=0.3
)


def test_every_figure_is_there_and_right() -> None:
    figures = judge([RIGHT, SECOND, UNANSWERABLE])
    assert figures.questions == 3
    assert tuple(figures.values) == FIGURES
    assert figures.values["hit@1"] == pytest.approx(0.5)
    assert figures.values["hit@5"] == pytest.approx(1.0)
    assert figures.values["ndcg@5"] == pytest.approx((1 + 0.6309) / 2, abs=1e-4)
    assert figures.values["auroc"] == pytest.approx(1.0)
    assert figures.values["aurc"] == pytest.approx((0 + 1 / 2 + 2 / 3) / 3, abs=1e-4)
    assert figures.values["answered_share"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures.values["wrong_answer_rate"] == pytest.approx(0.5)
    assert figures.values["p50_seconds"] == pytest.approx(0.1)
    assert figures.reasons == {}


def test_an_answer_to_an_unanswerable_question_is_wrong() -> None:
    figures = judge([RIGHT, replace(UNANSWERABLE, decision="answer")])
    assert figures.values["wrong_answer_rate"] == pytest.approx(0.5)


def test_without_gold_the_figures_that_need_it_are_none_with_the_reason() -> None:
    figures = judge([UNANSWERABLE])
    for name in ("hit@1", "hit@5", "ndcg@5", "aurc", "ece", "wrong_answer_rate"):
        assert figures.values[name] is None
        assert figures.reasons[name] == NO_GOLD
    assert figures.values["answered_share"] == 0.0


def test_with_one_kind_of_question_there_is_no_auroc() -> None:
    figures = judge([RIGHT, SECOND])
    assert (figures.values["auroc"], figures.reasons["auroc"]) == (None, ONE_KIND)


def test_where_nothing_was_answered_the_wrong_answer_rate_is_unknown_not_zero() -> None:
    figures = judge([replace(RIGHT, decision="clarify"), UNANSWERABLE])
    assert (figures.values["wrong_answer_rate"], figures.reasons["wrong_answer_rate"]) == (None, NO_ANSWER)
    assert figures.as_json()["reasons"] == {"wrong_answer_rate": NO_ANSWER}
