from __future__ import annotations

from flashflood.errors import Problem, RequestRefused, ScoringError, named, shown


def test_a_refusal_is_the_callers_mistake_and_other_errors_are_ours() -> None:
    assert RequestRefused.status == 400
    assert ScoringError.status == 500


def test_the_body_counts_and_lists_the_problems() -> None:
    refused = RequestRefused([Problem("date", '"x"', "is not a date", "a day")])

    assert refused.body() == {
        "message": "The request was refused: 1 problem.",
        "problems": [
            {"field": "date", "value": '"x"', "problem": "is not a date", "allowed": "a day"}
        ],
    }


def test_the_body_lists_the_first_20_of_many_problems_and_counts_all() -> None:
    problems = [Problem(f"f{n}", None, "is missing", "") for n in range(21)]
    body = RequestRefused(problems).body()

    assert body["message"] == "The request was refused: 21 problems."
    assert body["problems"] == [problem._asdict() for problem in problems[:20]]


def test_a_value_is_shown_as_json_and_cut_at_80_characters() -> None:
    assert shown({"a": float("nan")}) == '{"a": NaN}'
    assert shown("\ud800ü") == '"\\ud800\\u00fc"'
    assert shown("x" * 78) == '"' + "x" * 78 + '"'
    assert shown("x" * 79) == '"' + "x" * 78 + "…"


def test_a_key_is_named_without_quotes() -> None:
    assert named("rain") == "rain"
    assert named("a\nb") == "a\\nb"
