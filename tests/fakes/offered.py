"""Homes with rows that somebody made up: an evening before a release, nothing at all, a form."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from runbook_tui.tui.home.offers import Field, Form, NoForm, PlanRow, RunRow


def run(id_: str, title: str, **more: object) -> RunRow:
    return RunRow(**{  # type: ignore[arg-type]
        "run": id_, "title": title, "word": "open", "when": "09:12", "lead": "Ada", "open": True,
        **more,
    })  # fmt: skip


def version(value: str) -> str:
    return "" if value.startswith("v") else "version must match v.*"


class Here:
    """Two open runs, two plans, a past run."""

    def __init__(self, *, held: bool = False, fields: tuple[Field, ...] = ()) -> None:
        self.let_go = threading.Event()
        if not held:
            self.let_go.set()
        self.fields = fields
        self.title = "Ship 2.4"
        self.rows = [
            run("r-2", "Ship 2.4", word="rollback not finished", urgent=True),
            run("r-1", "Rotate the keys"),
            run("r-0", "Ship 2.3", open=False, word="done"),
        ]

    def runs(self) -> list[RunRow]:
        self.let_go.wait(60)
        return self.rows

    def look(self, row: RunRow) -> RunRow:
        waits = ("gate of “Two” waits for cto",)
        return run(row.run, row.title, word=row.word, urgent=row.urgent, waits=waits,
                   undo="↶ 3 ready", looked=True)  # fmt: skip

    def plans(self) -> list[PlanRow]:
        return [PlanRow(path="/here/a.toml", name="a.toml"), PlanRow(path="/here/b", name="b.md")]

    def read(self, row: PlanRow) -> PlanRow:
        if row.name == "b.md":
            return PlanRow(path=row.path, name=row.name, faults=2, lines=("line 3: no",), read=True)
        return PlanRow(path=row.path, name=row.name, title="Ship 2.4", about="2 phases", read=True,
                       findings=(("high", 1), ("low", 3)), lines=("line 7: bad",))  # fmt: skip

    def form(self, path: str) -> Form:
        if path == "/here/b":
            raise NoForm("b.md:3: no")
        return Form(path=path, title=f"Start “{self.title}”?", about="2 phases",
                    fields=self.fields)  # fmt: skip

    def report(self, run: str) -> str:
        return f"# what happened in {run}"


FIELDS = (
    Field(name="version", last="v2.3", unfit=version),
    Field(name="region", choices=("eu", "us"), value="eu"),
    Field(name="token", secret=True),
    Field(name="key", secret=True, source="a secret, from the file k"),
    Field(name="note", required=False),
)

RUNS = (
    run("20261126-2b1f", "Checkout 2.4: merge and deploy", word="rollback not finished",
        when="21:40", urgent=True),
    run("20261126-77aa", "Rotate the signing keys of the shop", word="running", when="21:02"),
    run("20261124-0c3d", "Move the invoices to db-2", word="open", when="Tue 24 Nov 09:12",
        lead="Grace"),
    run("20261119-51e0", "Checkout 2.3: merge and deploy", word="done", when="Thu 19 Nov 22:10",
        open=False),
    run("20261112-9e21", "Checkout 2.2: merge and deploy", word="rolled back",
        when="Thu 12 Nov 23:31", open=False),
    run("20261105-c1c1", "Replace the load balancer's certificates", word="done",
        when="Thu 5 Nov 06:15", open=False, lead="Linus"),
)  # fmt: skip
LOOKED = {
    "20261126-2b1f": {
        "undo": "↶ 3 ready, 1 by hand",
        "broken": ("“Migrate the schema of orders and invoices” failed",),
        "waits": ("the rollback waits for a decision on “Merge the branch”",),
    },
    "20261126-77aa": {"undo": "↶ 2 ready"},
    "20261124-0c3d": {"undo": "↶ 5 ready", "waits": ("gate of “Core deployment” waits for cto",)},
}
READ = (
    PlanRow(path="/srv/shop/certificates.toml", name="certificates.toml", read=True,
            title="Replace the load balancer's certificates",
            about="2 phases · 6 steps · 5 with an undo"),
    PlanRow(path="/srv/shop/checkout.toml", name="checkout.toml", read=True,
            title="Checkout 2.4: merge and deploy", about="3 phases · 8 steps · 5 with an undo",
            findings=(("high", 1), ("medium", 2), ("low", 4)),
            lines=("line 31: “Back the database up” has no undo and is not said to need none",
                   "line 58: “Deploy 2.4 to all nodes” has no time limit",
                   "line 64: “Tell support and sales” says who, but not how they are reached")),
    PlanRow(path="/srv/shop/MIGRATION.md", name="MIGRATION.md", read=True, faults=2,
            lines=("line 12: the phase “Core” has no step in it",
                   "line 40: the step “Deploy” needs “merge”, which there is not")),
)  # fmt: skip
ABOUT = {
    "version": Field(name="version", description="the tag that is deployed", last="v2.3.1",
                     unfit=version),
    "region": Field(name="region", description="where first", choices=("eu", "us"), value="eu"),
    "nodes": Field(name="nodes", description="how many at a time", value="2"),
    "token": Field(name="token", description="may deploy", secret=True),
    "password": Field(name="PGPASSWORD", description="of the shop's database", secret=True,
                      source="a secret, from the file /run/secrets/shop"),
    "note": Field(name="note", description="stands in the announcement", required=False),
}  # fmt: skip


class Evening(Here):
    """Much of everything; ``asked``: which values its plans need."""

    def __init__(
        self, *asked: str, runs: Sequence[RunRow] = RUNS, plans: Sequence[PlanRow] = READ,
        environments: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(fields=tuple(ABOUT[name] for name in asked))
        self.rows = list(runs)
        self._plans = {plan.path: plan for plan in plans}
        self._environments = environments

    def look(self, row: RunRow) -> RunRow:
        return replace(row, looked=True, **LOOKED.get(row.run, {}))  # type: ignore[arg-type]

    def plans(self) -> list[PlanRow]:
        return [PlanRow(path=plan.path, name=plan.name) for plan in self._plans.values()]

    def read(self, row: PlanRow) -> PlanRow:
        return self._plans[row.path]

    def form(self, path: str) -> Form:
        plan = self._plans[path]
        live = frozenset(self._environments[-1:])
        return Form(
            path=path, title=f"Start “{plan.title}”?", about=plan.about, fields=self.fields,
            environments=self._environments, production=live,
        )  # fmt: skip

    def report(self, run: str) -> str:
        return REPORT


REPORT = """\
# Checkout 2.3: merge and deploy

**done**

- **Run:** 20261119-51e0
- **Plan:** /srv/shop/checkout.toml, sha256 \
299277d015e7abf5e8d34065db709b71d63eea1e13734e308c7490320a1e8fac
- **Lead:** Ada \\<ada\\@example.com\\>
- **Took:** 48 m; planned 67 m

## Planned and actual

| Part | Became | Began | Took | Planned | Difference |
| --- | --- | --- | --- | --- | --- |
| Core | closed | 22:10:02 | 36 m 45 s | 42 m | −5 m 15 s |
| · Freeze the main branch | done | 22:10:02 | 1 m 40 s | 5 m | −3 m 20 s |
| · Back the database up, and hold the copy against it | done | 22:12:00 | 13 m 20 s | 12 m | +1 m 20 s |
| · Deploy 2.3 to all nodes | done | 22:26:10 | 21 m 5 s | 20 m | +1 m 5 s |

## Sign-offs

| When | On | Role | Decision | By | Identity | Comment |
| --- | --- | --- | --- | --- | --- | --- |
| 22:24:07 | gate of Core deployment | cto | approved | Grace \\<grace\\@example.com\\> | claimed, account grace\\@shop | tests are green, \\*go\\* |

## Steps

### Freeze the main branch: done

- attempt 1, 22:10:02, by Ada: done after 1 m 40 s

command, 22:10:02: exit status 0 in 0.3 s

```sh
gh api -X PUT repos/team/shop/branches/main/protection --input freeze.json --silent
```

Its last lines:

```text
[bold]frozen[/bold] until 23:30
```
"""  # noqa: E501  rows of a table are long
