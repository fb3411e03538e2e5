"""A rollback that people wrote as a list is a procedure, and its commands are offered there."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Procedure, Step
from runbook_tui.book.shown import shown
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.offers import as_step, for_failure, offers, open_values
from runbook_tui.run.procedures import duties
from runbook_tui.run.rollback import plan
from runbook_tui.tui.views import chosen_undo
from tests.fakes.history import History
from tests.unit.book.markdown_plans import book, codes

FORTH = "# Move the mill\n\n## Move\n\n1. Stop the wheel\n2. Lift the stones\n\n"
FENCE = "```bash\n./mill back\n```\n"


def text_in(line: list[tuple[str, str]]) -> str:
    return "".join(part for part, _ in line)


def back(text: str) -> Procedure:
    """The only procedure of a text."""
    (procedure,) = book(text).procedures
    assert procedure.kind == "rollback"
    return procedure


@pytest.mark.parametrize(
    "items",
    [
        "- [ ] Stop it\n- [ ] Put it back\n",
        "* [ ] Stop it\n\n* [ ] Put it back\n",
        "1. Stop it\n2. Put it back\n",
        "1. [ ] Stop it\n1. [ ] Put it back\n",
        "- Stop it\n- Put it back\n",
        "First of all:\n\n- Stop it\n- Put it back\n",
        "| # | Action | Owner |\n|---|---|---|\n| 1 | Stop it | Ann |\n| 2 | Put it back | Bo |\n",
    ],
)
@pytest.mark.parametrize(
    "title",
    [
        "## Rollback", "## 3. Rollback plan", "### ↩ Back-out", "**Rollback:**", "## Rückfallplan",
        "## Plan de reversión", "## Retour arrière", "## 回滚", "## How to undo it",
    ],
)  # fmt: skip
def test_a_list_below_such_a_title_is_a_procedure(title: str, items: str) -> None:
    procedure = back(f"{FORTH}{title}\n\n{items}")
    assert [s.title for s in procedure.stages] == ["Stop it", "Put it back"]
    assert [s.to_minute for s in procedure.stages] == [None, None]
    assert procedure.applies_to == ()


def test_its_stages_are_ticks_and_the_steps_forth_stay_what_they_were() -> None:
    read = book(FORTH + "## Rollback\n\n- [ ] Stop it\n  - [ ] by hand\n- [ ] Put it back\n")
    assert [s.title for s in read.walk()] == ["Stop the wheel", "Lift the stones"]
    rows = [(t["title"], t["kind"], t["phase"]) for t in shown(read)["ticks"][2:]]
    assert rows == [("Stop it", "step", None), ("Put it back", "step", None)]
    assert [s.title for s in read.procedures[0].stages[0].steps] == ["by hand"]
    assert "passed-over" not in dict(codes(FORTH + "## Rollback\n\n- [ ] Stop it\n"))


@pytest.mark.parametrize(
    "items",
    [
        "1. Put it back\n   ```bash\n   ./mill back\n   ```\n2. Tell Ann\n",
        "1. Put it back\n\n```bash\n./mill back\n```\n\n2. Tell Ann\n",
        "- Put it back\n" + FENCE + "- Tell Ann\n",
        "- [ ] Put it back:\n\n" + FENCE + "\n- [ ] Tell Ann\n",
        "- Put it back\n\n  Run: `./mill back`\n\n- Tell Ann\n",
    ],
)
def test_a_command_in_or_right_below_an_item_is_offered_there(items: str) -> None:
    read = book(f"{FORTH}## Rollback\n\n{items}")
    (procedure,) = read.procedures
    put, tell = procedure.stages
    assert [(s.title, s.run) for s in put.steps] == [("Put it back", "./mill back")]
    assert tell.steps == ()
    rows = [(c.text, c.rollback, c.runnable, c.step) for c in read.commands]
    assert rows == [("./mill back", True, True, put.id)]


def test_an_item_that_is_nothing_but_a_command_is_that_command() -> None:
    procedure = back(
        FORTH + "## Rollback\n\n- `kubectl rollout undo deploy/mill`\n- `config.ini`\n"
    )
    assert [s.run for stage in procedure.stages for s in stage.steps] == [
        "kubectl rollout undo deploy/mill"
    ]
    assert [s.title for s in procedure.stages][1] == "config.ini"


def test_what_the_output_should_be_is_not_offered() -> None:
    text = FORTH + "## Rollback\n\n1. Look\n\n   Expected output:\n\n   ```\n   ls done\n   ```\n"
    assert back(text).stages[0].steps == ()


def test_nested_items_are_steps_each_with_its_own_command() -> None:
    text = (
        FORTH + "## Rollback\n\n1. Water\n   1. Shut the gate\n      ```sh\n      ./gate shut\n"
        "      ```\n   2. Look\n      - no leak\n2. Stones\n"
    )
    water, stones = back(text).stages
    assert [(s.title, s.run) for s in water.steps] == [
        ("Shut the gate", "./gate shut"), ("Look", None), ("no leak", None),
    ]  # fmt: skip
    assert stones.steps == ()


def test_sections_inside_belong_to_it_and_each_list_is_a_procedure_of_its_own() -> None:
    text = FORTH + "## Rollback\n\n- a\n\n### Database\n\n1. b\n\nand the files:\n\n1. c\n"
    found = book(text).procedures
    assert [(p.title, [s.title for s in p.stages]) for p in found] == [
        ("Rollback", ["a"]), ("Database", ["b"]), ("Database", ["c"]),
    ]  # fmt: skip
    assert len({p.id for p in found}) == 3


def test_in_a_phase_it_takes_back_that_phase() -> None:
    text = (
        "# P\n\n## Phase 1: Water\n\n1. a\n\n### Rollback\n\n- undo a\n\n"
        "## Phase 2: Stones\n\n1. b\n\n**Rollback**:\n\n- [ ] undo b\n\n## Rollback\n\n- all\n"
    )
    read = book(text)
    one, two = (p.id for p in read.phases)
    assert [p.applies_to for p in read.procedures] == [(one,), (two,), ()]
    assert [[s.title for s in p.steps] for p in read.phases] == [["a"], ["b"]]


def test_in_a_change_it_takes_back_that_change() -> None:
    text = (
        "# P\n\n## Phase 1\n\n### Gate\n\n1. a\n\n#### Rollback\n\n- undo a\n\n### Wheel\n\n1. b\n"
        "\n## Phase 2\n\n1. c\n"
    )
    read = book(text)
    assert [p.applies_to for p in read.procedures] == [(read.phases[0].changes[0].id,)]


def test_a_title_can_name_the_phases_that_it_takes_back() -> None:
    read = book(
        "# P\n\n## Phase 1\n\n1. a\n\n## Phase 2\n\n1. b\n\n## Rollback of phase 2\n\n- x\n"
    )
    assert [p.applies_to for p in read.procedures] == [(read.phases[1].id,)]


def test_a_rollback_in_words_under_a_step_is_a_procedure_of_that_step() -> None:
    text = (
        "# P\n\n## 1. Ship\n\n" + FENCE + "\n### Rollback\n\n- Call Ann\n- Wait\n\n## 2. Rest\n\n"
    )
    read = book(text + FENCE)
    assert [(p.applies_to, len(p.stages)) for p in read.procedures] == [(("ship",), 2)]
    assert next(read.walk()).undo is None


def test_a_rollback_with_commands_under_a_step_is_its_undo_and_nothing_twice() -> None:
    text = "# P\n\n## 1. Ship\n\n```bash\n./x\n```\n\n### Rollback\n\n- `./mill back`\n"
    read = book(text)
    assert (read.procedures, next(read.walk()).undo) == ((), "./mill back")


@pytest.mark.parametrize(
    "title", ["Rollback triggers", "When to roll back", "Rollback criteria", "Wann: Rückfall"]
)
def test_when_to_begin_is_no_procedure(title: str) -> None:
    assert book(f"{FORTH}## {title}\n\n- Errors above 5 %\n- The keeper says so\n").procedures == ()


def test_boxes_are_to_be_ticked_even_there() -> None:
    assert [
        s.title for s in back(FORTH + "## Rollback decision\n\n- [ ] Ann says so\n").stages
    ] == ["Ann says so"]


@pytest.mark.parametrize("title", ["Preparation", "Pre-deployment", "Vorbereitung", "准备"])
def test_among_preparations_it_is_prepared(title: str) -> None:
    read = book(f"# P\n\n## {title}\n\n### Rollback\n\n- [ ] The old wheel is there\n")
    assert [s.title for s in read.walk()] == ["The old wheel is there"]
    assert read.procedures == ()


def test_fields_are_no_stages() -> None:
    text = FORTH + "## Rollback\n\n- **Owner**: Ann\n- Duration: 5 min\n"
    assert book(text).procedures == ()
    assert [s.title for s in back(text + "- Turn it\n").stages] == ["Turn it"]


@pytest.mark.parametrize("title", ["Rollback of the mill", "Restore the mill", "Undo"])
def test_a_document_that_is_a_rollback_has_steps_like_any_other(title: str) -> None:
    read = book(f"# {title}\n\n## Stop\n\n1. Shut the gate\n\n## Put back\n\n1. Turn it\n")
    assert [s.title for s in read.walk()] == ["Shut the gate", "Turn it"]
    assert read.procedures == ()


def test_the_rollback_screen_has_them_with_their_commands() -> None:
    read = book(FORTH + "## Rollback\n\n1. Put it back\n   " + FENCE.replace("\n", "\n   "))
    history = History(read)
    history.add(e.StepStarted(), "stop-the-wheel")
    history.add(e.StepFinished(result="done"), "stop-the-wheel")
    history.ask(r.OpenRollback())
    found = duties(history.state, plan(history.state, "run", "").procedures)
    offered = [(d.title, d.offer.text if d.offer else None) for d in found]
    assert offered == [("Put it back", None), ("Put it back", "./mill back")]
    assert history.state.outline.beside.offered == ()


AFTER = ["If it fails", "Recovery", "Troubleshooting", "Fehlerbehebung", "故障排除"]


@pytest.mark.parametrize("title", AFTER)
def test_what_is_for_failures_is_offered_below_the_rollback_and_nothing_waits_for_it(
    title: str,
) -> None:
    steps = FORTH + FENCE.replace("./mill back", "NS=a\n./mill lift").join(["   \n", "\n"])
    back = "## {}\n\n```bash\n{} <why> $NS\n```\n\n"
    text = steps + back.format(title, "./mill mend") + back.format("Rollback", "./mill back")
    history = History(book(text))
    (mends,) = for_failure(history.state)
    assert (mends.title, mends.missing) == (f"For failures: {title}", ("why",))
    assert [o.title for o in offers(history.state)] == ["Rollback"]
    assert "command-outside-steps" not in dict(codes(text))
    # A value that it needs is no value that the rollback waits for.
    history = History(book(text.replace("./mill back <why>", "./mill back")))
    assert open_values(history.state) == ()
    refused = as_step(history.state, mends.id)
    assert isinstance(refused, r.ValuesMissing)
    assert refused.names == ("why",)
    given = as_step(History(book(text.replace(" <why>", ""))).state, mends.id)
    assert isinstance(given, Step)
    assert given.run == "./mill mend $NS"


def test_what_is_for_failures_is_no_way_back_of_a_step() -> None:
    history = gone_through(f"# Mill\n\n1. Turn it\n   `./mill turn`\n\n## If it fails\n\n{FENCE}")
    assert [item.kind for item in plan(history.state, "run", "").items] == ["none"]


def gone_through(text: str) -> History:
    """A run of a plan whose steps are done, and whose rollback is looked at."""
    history = History(book(text))
    for step in list(book(text).walk()):
        history.ran(step.id, e.UndoArmed(kind="none", reason="the plan gives no undo"))
    return history


def test_a_section_of_nothing_but_commands_is_the_way_back_of_steps_without_an_undo() -> None:
    text = f"# Mill\n\n1. Turn it\n\n   {FENCE.replace(chr(10), chr(10) + '   ')}\n"
    items = plan(gone_through(text).state, "run", "").items
    assert [item.kind for item in items] == ["none"]
    history = gone_through(f"{text}\n## Rollback\n\n{FENCE}")
    assert history.state.runbook.procedures == ()
    (item,) = plan(history.state, "run", "").items
    assert item.kind == "manual"
    assert item.reason == "no undo of its own; the plan says how: Rollback"
    rows = chosen_undo.command(item, 78, 4)
    assert "the plan says how: Rollback" in text_in(rows[0])
    assert "t taken back" in text_in(rows[1])


def test_what_a_person_runs_elsewhere_is_a_way_back_too_and_an_output_is_none() -> None:
    text = f"# Mill\n\n1. Turn it\n\n   {FENCE.replace(chr(10), chr(10) + '   ')}\n## Rollback\n\n"
    for block, kind in (
        ("```sql\nDELETE FROM mill;\n```", "manual"),
        ("```text\nback\n```", "none"),
    ):
        history = gone_through(f"{text}{block}\n")
        assert [item.kind for item in plan(history.state, "run", "").items] == [kind]
        assert history.state.outline.beside.offered == ()
