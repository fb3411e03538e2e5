"""Which parts of a document hold its steps, where people wrote no numbers or more than steps."""

from __future__ import annotations

import pytest

from tests.unit.book.markdown_plans import book, codes, steps

FENCE = "```bash\n./{}\n```\n"
INNER = "  ```bash\n  ./{}\n  ```\n"


def titles(text: str) -> list[tuple[str, list[str]]]:
    """Phases and the titles of their steps, in order."""
    return [(p.title, [s.title for s in p.walk()]) for p in book(text).phases]


def test_bullets_of_which_one_holds_a_command_are_all_steps() -> None:
    text = "# P\n\n## Mill\n\n- Stop it\n- Grind:\n\n" + INNER.format("grind") + "\n- Look\n"
    found = steps(text + "\n## More\n\n1. Rest\n")
    assert [(s.title, s.run) for s in found] == [
        ("Stop it", None), ("Grind", "./grind"), ("Look", None), ("Rest", None),
    ]  # fmt: skip
    assert "command-outside-steps" not in dict(codes(text))


def test_bullets_in_words_beside_numbers_are_none() -> None:
    assert [s.title for s in steps("# P\n\n## Why\n\n- it is old\n\n## Do\n\n1. a\n")] == ["a"]


def test_without_number_box_and_command_bullets_that_ask_for_something_are_the_steps() -> None:
    text = (
        "# P\n\n## in the mill\n\n- stop the wheel\n- GPG sign the sacks\n- edit `sacks.md`\n\n"
        "## in the shop\n\n- send a mail to the baker\n- if he is away, wait\n\n"
        "## Calendar\n\n- June 24\n- September 2\n\n"
        "## Why\n\n- The wheel is old\n- We grind slowly\n"
    )
    assert [(p, len(s)) for p, s in titles(text)] == [("in the mill", 3), ("in the shop", 2)]


@pytest.mark.parametrize(
    "items", ["Rad anhalten\nMehl prüfen\n", "Detener la rueda\nAvisar al panadero\n", "停止磨坊\n"]
)
def test_so_they_are_in_other_languages(items: str) -> None:
    bullets = "".join(f"- {item}\n" for item in items.splitlines())
    text = f"# P\n\n## A\n\n{bullets}\n## B\n\n- 24.6.\n- 25.6.\n"
    assert [s.title for s in steps(text)] == items.splitlines()


def test_bullets_that_ask_for_nothing_are_steps_where_there_is_nothing_else() -> None:
    assert [s.title for s in steps("# P\n\n## A\n\n- The wheel\n- The stones\n")] == [
        "The wheel", "The stones",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "title", ["Troubleshooting", "Examples", "常见问题", "Appendix", "工作流案例", "Ejemplos"]
)
def test_numbered_titles_of_what_is_looked_up_are_no_steps(title: str) -> None:
    text = f"# P\n\n## Go\n\n1. a\n\n## {title}\n\n### 1. It smokes\n\n" + FENCE.format("x")
    assert [s.title for s in steps(text)] == ["a"]
    kept = any(c.kept_for_failure for c in book(text).commands)
    assert kept != ("command-outside-steps" in dict(codes(text)))
    assert kept == (title in {"Troubleshooting", "常见问题"})


@pytest.mark.parametrize(
    "title", ["Our approach", "Goals", "Safety rules", "Known issues", "Estrategia", "背景"]
)
def test_numbers_that_say_how_things_are_meant_are_no_steps(title: str) -> None:
    text = f"# P\n\n## {title}\n\n1. We grind slowly\n2. No hurry\n\n## Go\n\n1. Grind\n"
    assert [s.title for s in steps(text)] == ["Grind"]
    assert "passed-over" in dict(codes(text))


@pytest.mark.parametrize("items", ["- [ ] Grind\n", "1. Grind\n   ```bash\n   ./x\n   ```\n"])
def test_boxes_and_commands_are_steps_below_any_title(items: str) -> None:
    text = f"# P\n\n## Our approach\n\n{items}\n## Go\n\n1. Ship\n"
    assert [s.title for s in steps(text)] == ["Grind", "Ship"]


@pytest.mark.parametrize(
    ("title", "optional"),
    [("Recover", False), ("Restore the mill", False), ("Disaster recovery", True),
     ("Recovery plan", True), ("Emergency procedures", True), ("Wiederherstellung", False),
     ("Recuperación de desastres", True)],
)  # fmt: skip
def test_numbers_and_boxes_on_recovery_are_steps(title: str, optional: bool) -> None:
    for mark in ("1.", "- [ ]"):
        grind, back = steps(f"# P\n\n## Go\n\n1. Grind\n\n## {title}\n\n{mark} Put it back\n")
        assert (grind.optional, back.optional) == (False, optional)


def test_a_staged_recovery_is_a_procedure_still() -> None:
    text = "# P\n\n## Go\n\n1. a\n\n## Recovery\n\n1. Hour one\n   - b\n2. Day one\n   - c\n"
    read = book(text)
    assert [s.title for s in read.walk()] == ["a"]
    assert [(p.kind, len(p.stages)) for p in read.procedures] == [("recovery", 2)]


@pytest.mark.parametrize(
    "title",
    ["If it smokes, stop it", "Otherwise, wait", "Clean it (if needed)", "OPTIONAL: oil it",
     "Falls es raucht, anhalten", "Ölen (bei Bedarf)", "如果冒烟"],
)  # fmt: skip
def test_what_may_not_be_needed_keeps_nothing_waiting(title: str) -> None:
    assert [s.optional for s in steps(f"# P\n\n1. {title}\n2. Iffy thing\n")] == [True, False]


def test_boxes_of_a_phase_are_what_is_ticked_there() -> None:
    text = (
        "# P\n\n## Phase 1\n\n### Do\n\n1. Grind\n   - slowly\n\n### Look\n\n- [ ] it hums\n\n"
        "## Phase 2\n\n1. Ship\n   - sacks are full\n"
    )
    grind, hums, ship = steps(text)
    assert ([c.title for c in grind.checks], "slowly" in grind.text) == ([], True)
    assert (hums.title, [c.title for c in ship.checks]) == ("it hums", ["sacks are full"])


def test_a_day_in_words_beside_days_with_steps_is_a_step_by_hand() -> None:
    text = (
        "# P\n\nWords.\n\n## Ask the baker (Friday)\n\nCall him.\n\n## Grind (Monday)\n\n"
        + FENCE.format("grind") + "\n## About the mill\n\nIt is old.\n"
    )  # fmt: skip
    assert titles(text) == [
        ("Ask the baker (Friday)", ["Ask the baker (Friday)"]),
        ("Grind (Monday)", ["Grind (Monday)"]),
    ]  # fmt: skip
    assert next(book(text).walk()).text == "Call him."


def test_below_a_bullet_bullets_only_say_more_about_it() -> None:
    text = "# P\n\n## Mill\n\n- Grind\n\n" + INNER.format("x") + "  - not too fast\n- Wait\n"
    grind, wait = steps(text)
    assert (grind.checks, "not too fast" in grind.text, wait.title) == ((), True, "Wait")


def test_a_command_deep_below_bullets_is_found() -> None:
    deep = "- Look\n  - at the wheel\n    - twice:\n\n      ```bash\n      ./look\n      ```\n"
    text = f"# P\n\n## Mill\n\n{deep}"
    assert [(s.title, s.run) for s in steps(text)] == [
        ("Look", None), ("at the wheel", None), ("twice", "./look"),
    ]  # fmt: skip


@pytest.mark.parametrize("title", ["Rollback readiness", "Rollback tested", "Rückfall vorbereiten"])
def test_what_is_done_so_that_there_is_a_rollback_is_no_rollback(title: str) -> None:
    read = book(f"# P\n\n## {title}\n\n- [ ] The old wheel is there\n\n## Go\n\n- [ ] Grind\n")
    assert [s.title for s in read.walk()] == ["The old wheel is there", "Grind"]
    assert read.procedures == ()


@pytest.mark.parametrize("text", ["☐ Stop it\n☐ Grind\n", "- ☐ Stop it\n- ☐ Grind\n"])
def test_a_box_can_be_a_sign(text: str) -> None:
    assert [s.title for s in steps(f"# P\n\n## Go\n\n{text}")] == ["Stop it", "Grind"]


def test_signs_to_choose_from_are_no_boxes() -> None:
    text = "# P\n\n☐ small ☐ large\n\n- **Kind**: ☐ small ☐ large\n\n1. Grind\n"
    assert [s.title for s in steps(text)] == ["Grind"]


def test_where_all_is_words_titles_that_ask_for_something_are_steps() -> None:
    text = (
        "# It smokes\n\n## Meaning\n\nFire.\n\n## Mitigation\n\n### Stop the wheel\n\nAt once.\n\n"
        "### Call the miller\n\nHe knows.\n\n## Diagnosis\n\nLook at it.\n"
    )
    assert [(s.title, s.text) for s in steps(text)] == [
        ("Stop the wheel", "At once."), ("Call the miller", "He knows."),
        ("Diagnosis", "Look at it."),
    ]  # fmt: skip


def test_a_question_to_prometheus_is_no_command() -> None:
    text = "# P\n\n1. Look\n\n   ```console\n   sum by(mill) (rate(x[5m])) > 0\n   ```\n"
    assert next(iter(steps(text))).run is None


@pytest.mark.parametrize("mark", ["1.", "-"])
def test_a_table_of_contents_is_nothing_to_do(mark: str) -> None:
    text = (
        f"# P\n\n## Contents\n\n{mark} [Go](#go)\n   {mark} [At once](#at-once)\n"
        f"{mark} [Rollback](#rollback)\n\n## Go\n\n1. Grind\n"
    )
    assert [s.title for s in steps(text)] == ["Grind"]
    assert "passed-over" not in dict(codes(text))


def test_a_list_of_links_between_others_is_there_to_be_looked_at() -> None:
    text = (
        "# P\n\n## Turn\n\n- Run:\n\n  ```bash\n  ./turn\n  ```\n\nText.\n\n* [a](b)\n* [c][d] e\n"
    )
    assert [step.title for step in steps(text)] == ["Run"]
    assert len(steps("# P\n\n## Look\n\n- [a](b)\n- [c](d)\n")) == 2


@pytest.mark.parametrize(
    "title",
    ["Useful commands", "Comandos uteis", "Comandos útiles", "Commandes utiles",
     "Nützliche Befehle", "常用命令", "便利なコマンド"],
)  # fmt: skip
def test_commands_to_look_up_are_never_run_on_the_way_forth(title: str) -> None:
    text = f"# P\n\n## 1. Go\n\n```bash\n./go\n```\n\n## {title}\n\n```bash\n./stop all\n```\n"
    assert [s.run for s in steps(text)] == ["./go"]


def test_numbers_below_common_failures_are_no_steps_beside_numbered_titles() -> None:
    parts = "".join(f"## {n}) Look at {n}\n\n```bash\n./look {n}\n```\n\n" for n in (1, 2, 3))
    text = f"# P\n\n{parts}## 4) Common failures\n\n1. It is red:\n   - Check the lamp.\n"
    assert [s.run for s in steps(text)] == ["./look 1", "./look 2", "./look 3"]


@pytest.mark.parametrize("title", ["Inputs", "Scope", "范围", "演练范围"])
def test_a_numbered_list_of_what_is_given_is_no_steps(title: str) -> None:
    text = f"# P\n\n## {title}\n\n1. the version\n2. the hosts\n\n## Steps\n\n1. find it\n2. go\n"
    assert [s.title for s in steps(text)] == ["find it", "go"]


def test_a_few_numbered_phases_in_a_timeline_are_not_the_phases_of_a_long_checklist() -> None:
    parts = "".join(
        f"## {name}\n\n" + "".join(f"### {name} {n}\n\n- [ ] look at {n}\n\n" for n in "abc")
        for name in ("Servers", "Data", "Access")
    )
    times = "## Timeline\n\n" + "".join(f"### Phase {n}: Go\n\n- [ ] go {n}\n\n" for n in (1, 2))
    titles = [p.title for p in book(f"# P\n\n{parts}{times}").phases]
    assert titles == ["Servers", "Data", "Access", "Timeline"]
    titles = [p.title for p in book(f"# P\n\n## Before\n\n- [ ] ask\n\n{times}").phases]
    assert titles == ["Before", "Phase 1: Go", "Phase 2: Go"]


def test_a_quick_reference_in_another_language_is_never_run() -> None:
    for title in ("快速命令参考", "コマンド一覧", "Kurzreferenz", "Aide-mémoire"):
        text = f"# P\n\n## Go\n\n1. a\n\n## {title}\n\n```bash\nvercel deploy --prod\n```\n"
        assert [s.run for s in steps(text)] == [None]
