"""Plans in other languages and with other habits of writing are read as a person reads them."""

from __future__ import annotations

import pytest

from runbook_tui.book.foreign import foreign
from runbook_tui.book.markdown.looking import only_looks
from tests.unit.book.markdown_plans import book, codes, steps

GO = "```bash\n./go\n```\n"


@pytest.mark.parametrize(
    ("step", "minutes", "back", "gate"),
    [
        ("Schritt 1: Umschalten (10 Min.)", 10, "Rückfall",
         "Freigabe durch den CTO erforderlich, bevor dieser Schritt beginnt."),
        ("Étape 1 : Basculer (1 heure)", 60, "Retour arrière",
         "Validation du CTO requise avant cette étape."),
        ("Paso 1: Cambiar (5 minutos aprox.)", 5, "Marcha atrás",
         "Se necesita la aprobación del CTO antes de este paso."),
        ("Passo 1: Trocar (1 hora)", 60, "Reversão",
         "Aprovação do CTO necessária antes desta etapa."),
        ("Шаг 1. Переключить (30-40 минут)", 40, "Откат", ""),
        ("步骤1：切换（15~30分钟）", 30, "回滚方案", "需要 CTO 审批后才能执行。"),
        ("手順1：切替（5分）", 5, "切り戻し", "CTO の承認が必要"),
        ("ステップ 1 切替（1時間）", 60, "ロールバック手順", ""),
    ],
)  # fmt: skip
def test_a_step_its_time_its_undo_and_its_gate(
    step: str, minutes: int, back: str, gate: str
) -> None:
    text = f"# P\n\n### {step}\n\n{gate}\n\n{GO}\n{back}: `./back`\n\n## {back}\n\n1. a\n2. b\n"
    read = book(text)
    (one,) = read.walk()
    assert one.estimate is not None
    assert (one.run, one.undo, one.estimate.maximum / 60) == ("./go", "./back", minutes)
    assert [s.title for p in read.procedures for s in p.stages] == ["a", "b"]
    assert [(g.approver, g.before) for g in read.gates] == ([("CTO", one.id)] if gate else [])


@pytest.mark.parametrize(
    "title",
    ["Critères de succès", "Critérios de sucesso", "Критерии успеха", "成功基準", "验收标准"],
)
def test_criteria(title: str) -> None:
    read = book(f"# P\n\n## A\n\n1. a\n\n## {title}\n\n- b\n- c\n")
    assert [c.title for c in read.criteria] == ["b", "c"]


@pytest.mark.parametrize(
    "words",
    ["Cette opération est irréversible.", "Das lässt sich nicht mehr rückgängig machen.",
     "Não pode ser desfeito.", "Операция необратима.", "此操作不可逆。", "元に戻せません。"],
)  # fmt: skip
def test_what_cannot_be_taken_back(words: str) -> None:
    (one,) = steps(f"# P\n\n## 1. A\n\n{GO}\n{words}\n")
    assert one.irreversible == words.rstrip(" :")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1.- ", "2.- "),
        ("1、", "2、"),
        ("（1）", "（2）"),
        ("(1) ", "(2) "),
        ("① ", "② "),
        ("1．", "2．"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n\n        ./go\n\n"])
def test_numbers_that_are_none_to_other_readers(first: str, second: str, between: str) -> None:
    found = steps(f"# P\n\n{first}Stop it{between}{second}Start it\n\n## Rest\n\n- [ ] a\n")
    assert [(s.title, s.line) for s in found[:2]] == [
        ("Stop it", 3), ("Start it", 3 + between.count("\n")),
    ]  # fmt: skip


def test_bullets_that_ask_are_steps_beside_others_and_those_that_tell_are_not() -> None:
    text = "# P\n\n## Before\n\n- Tell support\n- Check the backup\n"
    text += "\n## Facts\n\n- It is old\n- It hums\n\n## Go\n\n1. Ship\n"
    assert [s.title for s in steps(text)] == [
        "Tell support", "Check the backup", "Ship",
    ]  # fmt: skip


def test_bullets_below_a_plain_title_are_checks_only_where_they_ask() -> None:
    facts = "- The disk is full\n- The pod hangs\n"
    asked = "- Check the disk\n- `kubectl get pods` is empty\n"
    first, second = steps(f"# P\n\n## Look\n\n{facts}\n{GO}\n## Act\n\n{asked}\n{GO}")
    assert first.checks == ()
    assert "- The disk is full" in first.text
    assert [c.title for c in second.checks] == ["Check the disk", "kubectl get pods is empty"]


def test_a_title_that_is_one_step_is_that_step() -> None:
    read = book(f"# P\n\n## Look\n\n{GO}\n## Mend\n\n### Disk\n\n{GO}\n### Net\n\n{GO}")
    assert [(p.title, len(p.changes), [s.title for s in p.steps]) for p in read.phases] == [
        ("Look", 0, ["Look"]), ("Mend", 0, ["Disk", "Net"]),
    ]  # fmt: skip


def test_boxes_below_a_command_are_what_must_be_so_then() -> None:
    first, second, _ = steps(
        "# P\n\n1. Ship\n   ```sh\n   ./go\n   ```\n   - [ ] it hums\n2. Tell\n   - [ ] them\n"
    )
    assert [c.title for c in first.checks] == ["it hums"]
    assert [s.title for s in second.steps] == ["them"]


TESTS = """\
# P

| Field | Value |
|---|---|
| Approver | Head of Network |

## Do

| Step | Activity | Command / Reference | Backout |
|---|---|---|---|
| 1 | Shut it | `interface Te1 ; shutdown` | |

## Test

| # | Test | Expected result | Pass/Fail |
|---|---|---|---|
| 1 | Ping it | No loss | ☐ |

## Contacts

| Role | Name | Phone |
|---|---|---|
| Owner | Ann | 1 |

## Who to call

| Order | Who | After |
|---|---|---|
| 1 | Ann | at once |
| 2 | Bob | 15 min |
"""


def test_tables_of_tests_contacts_and_ladders() -> None:
    read = book(TESTS)
    shut, ping = read.walk()
    assert (shut.title, shut.run) == ("Shut it", None)
    assert (ping.title, [c.title for c in ping.checks]) == ("Ping it", ["Verify: No loss"])
    assert [(c.role, c.who) for c in read.contacts] == [("Owner", "Ann, 1")]
    assert [(e.topic, e.ladder) for e in read.escalations] == [("Who to call", ("Ann", "Bob"))]
    # Who approves the whole holds its beginning up.
    assert [p.gate.roles if p.gate else () for p in read.phases] == [("head-of-network",), ()]
    assert "passed-over" not in dict(codes(TESTS))


def test_who_must_approve_stands_in_brackets_behind_a_box_too() -> None:
    (one, _) = steps("# P\n\n- [ ] Raise it (IC must approve)\n- [ ] Tell\n")
    assert one.gate is not None
    assert one.gate.roles == ("ic",)


def test_an_argument_sets_no_variable() -> None:
    lines = ("terraform plan -var region=$region", "if true; then A=1; fi; export B=2 C=3",
             "D=4 E=5 ls $A $B $C $D $E")  # fmt: skip
    text = "# P\n\n1. a\n   ```sh\n" + "".join(f"   {line}\n" for line in lines) + "   ```\n"
    assert [p.name for p in book(text).parameters] == ["region"]


@pytest.mark.parametrize(
    ("text", "looks"),
    [("ssh <host> df -h /", True), ("ssh -p 22 a uptime", True), ("ssh a", False),
     ("ssh a rm x", False), ('ssh a "df; rm x"', False), ("kubectl --context $X get pods", True)],
)  # fmt: skip
def test_a_look_at_another_machine_is_one(text: str, looks: bool) -> None:
    assert only_looks(text) is looks


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("= Failover\n:toc:\n\n== Do\n\n. Stop\n", "AsciiDoc"),
        ("== Steps ==\n# Stop\n", "MediaWiki text"),
        ("h1. Deploy\n\nh2. Steps\n\n# Stop\n", "Jira wiki text"),
        ("#+TITLE: Deploy\n\n* TODO Stop\n", "Org"),
        ("Title\n=====\n\n1. a\n\nOther\n=====\n", ""),
        ("= x\n\n## T\n\n== y\n\n1. a\n", ""),
        ("# T\n\n== y ==\n\n1. a\n", ""),
    ],
)
def test_texts_of_other_marks_are_told(text: str, what: str) -> None:
    assert foreign("plan.md", text.encode()) == what


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("**Owner:** Ann · **Duration:** 2 hours", 120),
        ("> 版本：3.2　　预计耗时：90分钟", 90),
        ("Samstag. Geschätzte Gesamtdauer: 3 Stunden.", 180),
    ],
)
def test_the_time_of_the_whole_stands_among_other_fields(text: str, minutes: int) -> None:
    (found,) = book(f"# P\n\n{text}\n\n1. a\n").estimates
    assert found.maximum / 60 == minutes


def test_a_phase_of_preparing_has_a_way_back_but_a_checklist_before_has_none() -> None:
    text = "# P\n\n## Phase 1: Preparation\n\n1. a\n\n### Rollback\n\n- b\n- c\n"
    read = book(text + "\n## Phase 2: Go\n\n1. d\n")
    assert [s.title for s in read.walk()] == ["a", "d"]
    (way,) = read.procedures
    assert (way.applies_to, [s.title for s in way.stages]) == ((read.phases[0].id,), ["b", "c"])
    ready = book("# P\n\n## Pre-flight\n\n### Rollback plan\n\n- [ ] b\n\n## Go\n\n1. d\n")
    assert [s.title for s in ready.walk()] == ["b", "d"]


def test_one_part_that_only_says_tasks_is_no_change_of_its_own() -> None:
    read = book("# P\n\n## A\n\n**Risk**: High\n\n### Tasks\n\n1. a\n\n## B\n\n### PR-7\n\n1. b\n")
    assert [(len(p.changes), [s.title for s in p.walk()], p.risk) for p in read.phases] == [
        (0, ["a"], "high"), (1, ["b"], None),
    ]  # fmt: skip


def test_numbered_facts_and_literature_are_nothing_to_do() -> None:
    text = (
        "# P\n\n## Details\n\n1. **Owner** - Ann\n2. **Change window** - now\n3. **Risk** - low\n\n"
        "## Go\n\n1. **Stop it** - now\n2. **Start it** - then\n\n"
        "## Links\n\n1. [Board](https://a.example/x)\n"
    )
    assert [s.title for s in steps(text)] == ["Stop it - now", "Start it - then"]


PHASES = "# The failover\n\n{}\n\n## Phase A: Stop{}\n\n1. a\n\n## Phase B: Move\n\n1. b\n"


@pytest.mark.parametrize(
    ("words", "title", "phase"),
    [
        ("Sign-off from operations is required before Phase B.", "", 1),
        ("Operations must approve the failover.", "", 0),
        ("", " - requires sign-off from operations", 0),
    ],
)
def test_phases_are_meant_by_letter_by_the_whole_and_in_their_titles(
    words: str, title: str, phase: int
) -> None:
    gates = [p.gate.roles if p.gate else () for p in book(PHASES.format(words, title)).phases]
    assert gates[phase] == ("operations",)
    assert gates[1 - phase] == ()


def test_steps_that_count_with_letters_and_times_in_tables_and_units() -> None:
    text = (
        "# P\n\n| | |\n|---|---|\n| **Estimated time** | 15–20 min |\n\n"
        "*Estimated Time to Complete (mins)* - 60\n\n"
        "| Step | Action | Who |\n|---|---|---|\n| A1 | Stop | Ann |\n| A2 | Start | Bob |\n"
    )
    read = book(text)
    assert [s.title for s in read.walk()] == ["Stop", "Start"]
    assert [e.maximum / 60 for e in read.estimates] == [20, 60]


def test_commands_in_an_appendix_make_no_steps_of_numbered_parts() -> None:
    text = f"# P\n\n## 1. Do\n\n1. a\n\n## 2. Check\n\n- [ ] b\n\n## 3. Appendix\n\n{GO}"
    assert [(p.title, [s.title for s in p.walk()]) for p in book(text).phases] == [
        ("1. Do", ["a"]), ("2. Check", ["b"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "title", ["Verification", "Vérifications", "Post-deployment checks", "验证"]
)
def test_bullets_of_a_part_on_checks_are_ticked(title: str) -> None:
    found = steps(f"# P\n\n## Go\n\n1. a\n\n## {title}\n\n- It hums\n- No smoke\n")
    assert [s.title for s in found] == ["a", "It hums", "No smoke"]


@pytest.mark.parametrize(
    "title", ["If it is new", "En cas de besoin", "Falls es neu ist", "Если новый"]
)
def test_what_stands_below_an_if_keeps_nothing_waiting(title: str) -> None:
    found = steps(f"# P\n\n## Go\n\n1. a\n\n## {title}\n\n1. b\n\n### More\n\n1. c\n")
    assert [(s.title, s.optional) for s in found] == [("a", False), ("b", True), ("c", True)]


@pytest.mark.parametrize("words", ["To undo, drain it and run:", "To roll back this step, use:"])
def test_a_sentence_that_says_how_to_undo_is_the_label_of_the_command_below(words: str) -> None:
    (one,) = steps(
        f"# P\n\n1. a\n\n   ```sh\n   ./go\n   ```\n\n   {words}\n\n   ```sh\n   ./back\n   ```\n"
    )
    assert (one.run, one.undo) == ("./go", "./back")
    offered = book(f"# P\n\n1. a\n\nAll is well then.\n\n{words}\n\n```sh\n./back\n```\n")
    assert [(c.text, c.rollback) for c in offered.commands] == [("./back", True)]


def test_steps_before_a_sub_heading_come_before_those_below_it() -> None:
    read = book("# P\n\n## Go\n\n1. a\n\n### More\n\n1. b\n\n## Rest\n\n### Least\n\n1. c\n")
    assert [s.title for s in read.walk()] == ["a", "b", "c"]
    assert [[c.title for c in p.changes] for p in read.phases] == [["Go", "More"], ["Least"]]
