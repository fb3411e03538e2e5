"""A run from its start to its end without a screen, as a script or a second person drives it."""

from __future__ import annotations

import signal

from tests.e2e.plans import ASKS, LONG, MARKDOWN, SHIP
from tests.on_disk import files_holding
from tests.programs import GRACE, Program, wait_for_output
from tests.waiting import until


def test_a_whole_run_stops_exactly_where_a_person_is_needed(runbook: Program) -> None:
    path = runbook.plan(SHIP)
    failed = runbook("run", path, "--no-tui", "-p", "version=2.5")
    run = runbook.run_id()
    assert failed.status == 1
    assert "  | building 2.5" in failed.out
    assert "  | not good" in failed.out
    assert f"runbook resume {run}" in failed.err
    assert f"runbook rollback {run}" in failed.err

    (runbook.work / "good").touch()
    gate = runbook("resume", "--no-tui")
    assert gate.status == 7
    assert f"runbook sign {run} two --role cto" in gate.err
    assert "building" not in gate.out

    assert runbook("sign", run, "two", "--role", "cto").status == 4
    assert runbook("sign", run, "two", "--role", "qa", "--as", GRACE).status == 4
    assert runbook("sign", run, "nowhere", "--role", "cto", "--as", GRACE).status == 2
    assert runbook("sign", run, "two", "--role", "cto", "--key", "k", "--as", GRACE).status == 2
    assert runbook("sign", run, "two", "--role", "cto", "--as", GRACE).status == 0

    by_hand = runbook("resume", "--no-tui", "--yes")
    assert by_hand.status == 7
    assert f"runbook tick {run} look" in by_hand.err
    assert runbook("tick", run, "look").status == 0
    box = runbook("resume", "--no-tui")
    assert box.status == 7
    assert "It looks right" in box.err
    assert runbook("tick", run, "it-looks-right").status == 0
    assert runbook("tick", run, "it-looks-right").status == 4
    assert runbook("tick", run, "it-looks-right", "--off").status == 0
    assert runbook("tick", run, "call").status == 4
    assert runbook("tick", run, "it-looks-right").status == 0
    assert runbook("note", run, "look", "seen by all").status == 0
    assert runbook("tick", run, "call").status == 0
    sign = runbook("resume", "--no-tui")
    assert sign.status == 7
    assert f"runbook sign {run} call --role qa" in sign.err
    assert runbook("sign", run, "call", "--role", "qa", "--comment", "told").status == 0
    done = runbook("resume", "--no-tui")
    assert done.status == 0
    assert "done in" in done.out
    assert runbook("verify").status == 0
    assert "run.finished" in runbook.types()


def test_skipping_is_recorded_with_its_reason_and_not_where_the_plan_binds(
    runbook: Program,
) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    run = runbook.run_id()
    assert runbook("skip", run, "flaky", "--reason", "known").status == 0
    assert runbook("skip", run, "call", "--reason", "no time").status == 4
    assert runbook("skip", run, "call", "--reason", "no time", "--override").status == 0
    skipped = [e for e in runbook.events() if e["type"] == "step.skipped"]
    assert [(e["step"], e["data"]["reason"]) for e in skipped] == [
        ("flaky", "known"), ("call", "no time"),
    ]  # fmt: skip
    assert runbook("skip", run, "build", "--reason", "x").status == 4


def test_from_leaves_out_what_is_before_but_nothing_that_binds(runbook: Program) -> None:
    path = runbook.plan(SHIP)
    (runbook.work / "good").touch()
    assert runbook("run", path, "--no-tui", "--from", "flaky").status == 7
    skipped = [e for e in runbook.events() if e["type"] == "step.skipped"]
    assert [(e["step"], e["data"]["reason"]) for e in skipped] == [("build", "--from")]
    assert not (runbook.work / "built.txt").exists()
    bound = "required = true\nrun = 'echo \"building"
    path.write_text(SHIP.replace("run = 'echo \"building", bound))
    assert runbook("run", path, "--no-tui", "--from", "flaky").status == 4


def test_confirmations_secrets_and_values(runbook: Program) -> None:
    path = runbook.plan(ASKS)
    given = ("-p", "name=it's me; touch pwned", "-p", "word=hunter2secret")
    asked = runbook("run", path, "--no-tui", *given)
    assert asked.status == 7
    assert "Really?" in asked.err
    assert "--yes" in asked.err
    secret = runbook("resume", "--no-tui", "--yes")
    assert secret.status == 7
    assert "word" in secret.err
    done = runbook("resume", "--no-tui", "--yes", "-p", "word=hunter2secret")
    assert done.status == 0, done
    assert "IT'S ME; TOUCH PWNED ABC" in done.out
    assert not (runbook.work / "pwned").exists()
    assert files_holding(runbook.home, "hunter2secret") == []


def test_a_markdown_plan_is_carried_out_in_its_order_and_asks_when_a_step_needs_it(
    runbook: Program,
) -> None:
    asked = runbook("run", runbook.plan(MARKDOWN, "plan.md"), "--no-tui")
    assert asked.status == 7
    assert "-p WHO=" in asked.err
    box = runbook("resume", "--no-tui", "-p", "WHO=me; echo pwned")
    assert box.status == 7
    assert "  | hello me; echo pwned" in box.out
    assert "bye" not in box.out
    assert runbook("tick", runbook.run_id(), "it-is-fine").status == 0
    done = runbook("resume", "--no-tui")
    assert done.status == 0
    assert "  | bye me; echo pwned" in done.out


def test_a_killed_program_leaves_its_command_and_resume_tells_the_truth(runbook: Program) -> None:
    child = runbook.start("run", runbook.plan(LONG), "--no-tui")
    wait_for_output(runbook, "tick 3")
    assert runbook("resume", "--no-tui").status == 4
    runbook.kill(child)
    (runbook.work / "go").touch()
    done = runbook("resume", "--no-tui")
    assert done.status == 0
    assert [line for line in done.out.splitlines() if line.startswith("  | ")] == [
        "  | tick 1", "  | tick 2", "  | tick 3", "  | end",
    ]  # fmt: skip
    ended = [e for e in runbook.events() if e["type"] == "command.finished"][-1]
    assert ended["data"]["exit"] == 4
    assert runbook.types().count("command.started") == 2


def test_a_signal_leaves_and_commands_go_on(runbook: Program) -> None:
    child = runbook.start("run", runbook.plan(LONG), "--no-tui")
    wait_for_output(runbook, "tick 3")
    assert runbook.kill(child, signal.SIGTERM) == 7
    assert "still running: “Long”" in runbook.output()
    assert runbook.types()[-1] == "run.paused"
    (runbook.work / "go").touch()
    assert runbook("resume", "--no-tui").status == 0


def test_stop_ends_what_runs_whether_a_lead_lives_or_not(runbook: Program) -> None:
    child = runbook.start("run", runbook.plan(LONG), "--no-tui")
    wait_for_output(runbook, "tick 3")
    assert runbook("stop").status == 0
    assert child.wait(timeout=60) == 1
    # What a person stopped is not run again without a word.
    unasked = runbook("resume", "--no-tui")
    assert unasked.status == 7
    assert "was stopped; run it again?" in unasked.err
    again = runbook.start("resume", "--no-tui", "--yes")
    wait_for_output(runbook, "tick 3", 1)
    runbook.kill(again)
    assert runbook("stop").status == 0
    events = runbook.events()
    stopped = [e["data"] for e in events if e["type"] == "command.finished"]
    assert [s["stopped"] for s in stopped[-2:]] == [True, True]
    assert events[-1]["type"] == "step.finished"
    assert runbook("stop").status == 0


def test_the_log_for_people_names_nodes_by_the_plan_s_words(runbook: Program) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    (runbook.work / "plan.toml").unlink()
    assert "“Build”: $ echo" in runbook("log").out


def test_log_follows_and_is_json_lines(runbook: Program) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui")
    run = runbook.run_id()
    follower = runbook.start("log", "--json", "--follow")
    wait_for_output(runbook, "run.paused")
    runbook("note", run, "a \x1b[31mred\u202e note")
    wait_for_output(runbook, "note.added")
    assert runbook.kill(follower, signal.SIGINT) == 0
    assert "\x1b" not in runbook("log").out
    first = runbook.events()[0]
    contract = {"seq", "id", "run", "type", "at", "actor", "step", "data", "hash"}
    assert set(first) == {*contract, "mono", "boot"}


def test_verify_finds_what_was_changed_and_what_was_cut_off(runbook: Program) -> None:
    import sqlite3
    from contextlib import closing

    runbook("run", runbook.plan(SHIP), "--no-tui")
    run = runbook.run_id()
    head = runbook.events()[-1]["hash"]
    assert runbook("verify", run, "--anchor", head).status == 0
    assert runbook("verify", run, "--anchor", "0" * 64).status == 8
    with closing(sqlite3.connect(runbook.home / "journal.db")) as db:
        for name in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name[0]}")
        db.execute("UPDATE event SET body = replace(body, 'Ship it', 'Ship me') WHERE seq = 1")
        db.commit()
    ended = runbook("verify")
    assert ended.status == 8
    assert f"run {run}, event 1" in ended.out


def test_background_steps_are_passed_by_and_end_with_the_run(runbook: Program) -> None:
    path = runbook.plan(
        'format = 1\ntitle = "B"\n[[phase]]\ntitle = "P"\n'
        '[[phase.step]]\nid = "serve"\ntitle = "Serve"\nbackground = true\n'
        'run = "echo $$ > pid; exec sleep 600"\nready = "test -s pid"\n'
        '[[phase.step]]\nid = "use"\ntitle = "Use"\nrun = "test -s pid && echo used"\n'
    )
    done = runbook("run", path, "--no-tui")
    assert done.status == 0, done
    assert "  | used" in done.out
    assert "run done; ended what still ran: Serve" in done.out
    pid = (runbook.work / "pid").read_text().strip()
    until(lambda: not _lives(pid))


def _lives(pid: str) -> bool:
    from pathlib import Path

    return Path(f"/proc/{pid}").exists()


def test_without_a_person_what_is_optional_is_left_out_and_the_run_ends(runbook: Program) -> None:
    plan = """
format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
id = "hand"
title = "Hand"
optional = true
[[phase.step]]
id = "a"
title = "A"
run = "touch made"
undo = "rm made"
"""
    ended = runbook("run", runbook.plan(plan), "--no-tui")
    assert ended.status == 0, ended
    assert (runbook.work / "made").exists()
    skipped = next(x for x in runbook.events() if x["type"] == "step.skipped")
    assert skipped["step"] == "hand"
    assert "optional" in skipped["data"]["reason"]


def test_what_a_condition_leaves_out_is_not_run_and_said(runbook: Program) -> None:
    plan = """
format = 1
title = "T"
[parameters.place]
default = "staging"
[[phase]]
title = "P"
[[phase.step]]
id = "look"
title = "Look"
run = 'echo "dirty=no" >> "$RUNBOOK_OUTPUT"'
outputs = ["dirty"]
changes = false
[[phase.step]]
id = "clean"
title = "Clean"
run = "touch cleaned"
undo = "true"
when = "dirty == 'yes'"
[[phase.step]]
id = "ship"
title = "Ship"
run = "touch shipped"
undo = "rm shipped"
when = "place in ['staging', 'production'] and not dirty == 'yes'"
"""
    ended = runbook("run", runbook.plan(plan), "--no-tui")
    assert ended.status == 0, ended
    assert "only when dirty == 'yes'" in ended.out
    assert not (runbook.work / "cleaned").exists()
    assert (runbook.work / "shipped").exists()
    skipped = [x for x in runbook.events() if x["type"] == "step.skipped"]
    assert [(s["step"], s["data"]["not_applicable"]) for s in skipped] == [("clean", True)]


QUOTED = """\
# Move the service

## 1. Point it there

```bash
echo "to <new-host> now" > there; echo '<new-host>' >> there
```

Rollback: `echo "back from <new-host>" > there`
"""


def test_a_value_in_quotes_is_what_the_shell_sees_and_nothing_of_it_is_run(
    runbook: Program,
) -> None:
    value = 'a b$(touch PWN)`touch PWN`"; touch PWN; "' + "' it"
    plan = runbook.plan(QUOTED, "plan.md")
    ended = runbook("run", plan, "--no-tui", "-p", f"new_host={value}")
    assert ended.status == 0, ended
    assert (runbook.work / "there").read_text() == f"to {value} now\n{value}\n"
    assert runbook("rollback", "--yes").status == 5
    assert (runbook.work / "there").read_text() == f"back from {value}\n"
    assert not (runbook.work / "PWN").exists()


def test_a_long_output_and_a_long_command_are_recorded_and_undone(runbook: Program) -> None:
    filler = "x" * 90_000
    plan = f"""
format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
id = "a"
title = "A"
run = 'printf "v=%040000d\\n" 7 >> "$RUNBOOK_OUTPUT"'
outputs = ["v"]
undo = 'printf %s ${{{{ v }}}} | wc -c > undone'
[[phase.step]]
id = "b"
title = "B"
run = ": {filler}"
undo = "true"
"""
    assert runbook("run", runbook.plan(plan), "--no-tui").status == 0
    assert runbook("rollback", "--scope", "run", "--yes").status == 5
    assert (runbook.work / "undone").read_text().strip() == "40000"
    assert runbook("verify").status == 0


def test_runs_and_events_are_filtered_and_a_filter_that_cannot_fit_says_so(
    runbook: Program,
) -> None:
    runbook("run", runbook.plan(SHIP), "--no-tui", "-p", "version=2.5")
    run = runbook.run_id()
    assert runbook("runs", "--state", "open", "--since", "1h", "-n", "1").out.startswith(run)
    none = runbook("runs", "--state", "done")
    assert (none.status, none.out) == (0, "")
    assert "none of 1 runs fits" in none.err
    assert runbook("runs", "--since", "23:99").status == 2
    assert runbook("runs", "--state", "odd").status == 2
    lines = runbook("log", "--type", "command").out.splitlines()
    assert lines
    assert all(" command." in line for line in lines)
    assert runbook("log", "--type", "command", "-n", "1").out.splitlines() == lines[-1:]
    for wrong in (("--type", "odd"), ("--step", "nowhere")):
        refused = runbook("log", *wrong)
        assert (refused.status, refused.out) == (2, "")
        assert wrong[1] in refused.err


def test_what_may_not_be_wanted_is_never_run_without_a_person(runbook: Program) -> None:
    plan = (
        "# Install\n\n## 1. Stop\n\n```bash\ntouch stopped\n```\n\n## 2. Get it\n\n"
        "### Debian\n\n```bash\ntouch debian\n```\n\n### RHEL\n\n```bash\ntouch rhel\n```\n\n"
        "## 3. Start\n\n```bash\ntouch started\n```\n"
    )
    ended = runbook("run", runbook.plan(plan, "plan.md"), "--no-tui", "--yes")
    run = runbook.run_id()
    assert ended.status == 7, ended
    assert f"runbook skip {run} debian --reason" in ended.err
    assert runbook("skip", run, "debian", "--reason", "RHEL here").status == 0
    assert runbook("resume", run, "--no-tui", "--yes").status == 7
    assert runbook("skip", run, "rhel", "--reason", "from source").status == 0
    assert runbook("resume", run, "--no-tui", "--yes").status == 0
    made = {
        name for name in ("stopped", "debian", "rhel", "started") if (runbook.work / name).exists()
    }
    assert made == {"stopped", "started"}


def test_what_is_only_for_some_cases_is_left_out_at_the_end(runbook: Program) -> None:
    plan = (
        "# P\n\n## Do\n\n```bash\ntouch done\n```\n\n## If it is full\n\n```bash\ntouch full\n```\n"
    )
    ended = runbook("run", runbook.plan(plan, "plan.md"), "--no-tui", "--yes")
    assert ended.status == 0, ended
    assert (runbook.work / "done").exists()
    assert not (runbook.work / "full").exists()
    skipped = next(x for x in runbook.events() if x["type"] == "step.skipped")
    assert "optional" in skipped["data"]["reason"]
