"""One part of a rollback: a step that ran, how it is taken back, and what became of that."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Collection

from runbook_tui.book.parameters import FilledIn
from runbook_tui.frozen import frozen
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.failing import asks, went_well
from runbook_tui.run.hands import along_with
from runbook_tui.run.prepare import (
    own_values,
    resolve_ready,
    resolve_undo,
    resolve_verify,
    secrets_in,
    unset,
)
from runbook_tui.run.remaining import estimated
from runbook_tui.run.state import RunState, Status, StepState


@frozen
class Item:
    """One part of a rollback.

    ``kind`` as in `UndoArmed`; ``missing`` are names without a value, at ``places``
    of ``text`` and ``verify_places`` of ``verify`` as in `UndoArmed`; ``held`` says that a floor
    above it keeps it. ``earlier`` are undos of attempts before the last, run after ``text``;
    ``verify`` is that of the first attempt, which found the old state. ``result`` is what a
    running or finished rollback made of it, ``outcome`` why. ``within`` names the change, or the
    phase, where another item has the same title.
    """

    step: str
    title: str
    kind: str
    text: str = ""
    earlier: tuple[str, ...] = ()
    verify: str = ""
    missing: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    verify_places: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    reason: str = ""
    cwd: str = ""
    host: str = ""
    """The machine on which it acts, where that is another; ``cwd`` is there then."""
    held: bool = False
    gone: bool = False
    """Whether the folder it acts in is not there now; an undo that comes before may bring it."""
    unasked: bool = False
    """Whether nobody has asked yet whether it could work on the machine where it acts."""
    hindered: str = ""
    """Why it could not work now, as far as was looked: a program or a remote that is away."""
    promised: tuple[str, ...] = ()
    """In a rehearsal: names whose values steps would have put out, had they run."""
    made_by: str = ""
    """In a rehearsal: the title of the step that would have made the folder it acts in."""
    check: str = ""
    """What says whether it could work now; empty where nothing does, or a value in it is open."""
    usual: float | None = None
    """Seconds that it took before, in this run or in others."""
    guess: float | None = None
    """Seconds that the step itself took, or was to take: as much may go back."""
    result: str = ""
    outcome: str = ""
    within: str = ""
    status: Status = Status.PENDING
    asks: bool = False
    """Whether its undo failed and a person may try it again, change it or leave it."""
    behind: str = ""
    """The title of what the plan says needs it, and that waits for a person."""
    went: tuple[str, ...] = ()
    """Those of its texts that have gone well already: they are not run again."""
    edited: tuple[str, ...] = ()
    """Who has changed its undo since it was recorded, and why; a sentence each."""
    listed: str = ""
    """Where the plan says how a person takes it back, where it has no undo of its own."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that its undo runs, in order."""
        return (self.text, *self.earlier)

    @property
    def left(self) -> tuple[str, ...]:
        """Those of its texts that have not gone well yet, in order."""
        return tuple(text for text in self.texts if text not in self.went)

    @property
    def there(self) -> str:
        """“on HOST”; empty where it acts on this machine, or its title says so already."""
        words = f"on {self.host}" if self.host else ""
        return "" if self.title.endswith(words) else words

    @property
    def ready(self) -> bool:
        """Whether it can run now without asking anything."""
        return self.kind == "command" and not (
            self.missing or self.held or self.gone or self.hindered or self.unasked
        )

    @property
    def by_hand(self) -> bool:
        """Whether it waits for a person: to take it back, or to give a value."""
        return self.kind == "manual" or (self.kind == "command" and bool(self.missing))

    @property
    def likely(self) -> float | None:
        """Seconds it may take, a guess where nothing better is known."""
        return self.usual if self.usual is not None else self.guess

    @property
    def why(self) -> str:
        """Why it is not ready, in a few words; empty where it is."""
        if self.missing:
            return "needs " + ", ".join(self.missing)
        if self.held:
            return "below the floor"
        if self.gone:
            return "its folder is gone"
        if self.hindered:
            return self.hindered
        if self.unasked:
            return f"not known: {self.host} has not been asked yet"
        words = {"manual": "by hand", "none": "no undo known", "irreversible": "cannot be undone"}
        return words.get(self.kind, "")


@frozen
class Absent:
    """What was found around the run: what undos need and is not there, and how long they took once.

    It is looked for now and then; an empty one says that nobody has looked yet, or all is there.
    """

    secrets: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    hindered: tuple[tuple[str, str], ...] = ()
    """Steps whose undo could not work now, and why."""
    asked: tuple[str, ...] = ()
    """Steps of other machines that were asked whether their undo could work."""
    past: Past = NO_PAST
    """How long steps and undos took in past runs of the plan."""


NOTHING_ABSENT = Absent()


def told_apart(state: RunState, items: list[Item]) -> list[Item]:
    """The items, those of equal titles with the change or phase that each is in."""
    many = Counter(item.title for item in items)
    return [
        dataclasses.replace(item, within=_around(state, item.step))
        if many[item.title] > 1
        else item
        for item in items
    ]


def _around(state: RunState, id_: str) -> str:
    holders = state.outline.holders(id_) if id_ in state.outline else [id_]
    return state.outline[holders[-2]].title if len(holders) > 1 else ""


def _way_back(state: RunState, id_: str) -> str:
    return state.outline.beside.way_back_of(state.outline.holders(id_))


def item_of(state: RunState, id_: str, held: bool) -> Item | None:
    """How a step that ran is taken back as things stand; None where there is nothing to do.

    ``held``: a floor above it keeps it.
    """
    if state.outline.is_group(id_):
        return _boxes(state, id_, held)
    step = state.step(id_)
    armed = step.undo
    item = state.outline.steps[id_]
    if armed is None or armed.kind == "nothing":
        return None
    values = own_values(state, item)
    text = resolve_undo(state, armed, values)
    verify = resolve_verify(state, armed, values)
    result = state.rollback.results.get(id_, "") if state.rollback else ""
    earlier, first = _of_earlier(state, step)
    others = tuple(dict.fromkeys(e.text for e in earlier if e.text != text.text))
    stand = [f for f in (text, *earlier) if amended_text(step, f.text) == f.text]
    texts = (*stand, verify, *([first] if first else []))
    refused = tuple(dict.fromkeys(r.reason for filled in texts for r in filled.refused))
    named = (name for filled in texts for name in filled.open)
    open_ = tuple(dict.fromkeys((*named, *unset(state, item, armed))))
    promised = _promised(state, step, open_) if step.rehearsed else ()
    listed = _way_back(state, id_) if armed.kind == "none" else ""
    runs = tuple(amended_text(step, each) for each in (text.text, *others))
    well = went_well(step)
    return Item(
        step=id_,
        title=item.title,
        kind="manual" if listed else armed.kind,
        text=runs[0],
        earlier=runs[1:],
        went=tuple(each for each in runs if each in well),
        verify=first.text if first is not None else verify.text,
        missing=tuple(name for name in open_ if name not in promised),
        promised=promised,
        made_by=_maker(state, id_, armed.cwd) if step.rehearsed else "",
        places=tuple(str(p) for p in text.places) if text in stand else (),
        verify_places=tuple(str(p) for p in (first or verify).places),
        secrets=_secrets(state, step, armed.secrets),
        reason=f"no undo of its own; the plan says how: {listed}"
        if listed
        else "; ".join(refused) or armed.reason,
        cwd=armed.cwd,
        host=armed.host,
        held=held,
        unasked=bool(armed.host),
        check="" if (ready := resolve_ready(state, armed, values)).open else ready.text,
        guess=_guess(state, id_, armed.kind),
        usual=_usual(state, id_, armed.kind),
        result=result,
        outcome=step.undo_reason if result else "",
        status=step.status,
        asks=asks(state, id_),
        edited=edits(step),
        listed=listed,
    )


def _promised(state: RunState, step: StepState, names: Collection[str]) -> tuple[str, ...]:
    """Which of these names steps put out that a rehearsal has only gone through."""
    makers = state.outline.makers
    return tuple(n for n in names if any(state.step(m).rehearsed for m in makers.get(n, ())))


def _maker(state: RunState, id_: str, cwd: str) -> str:
    """The title of a step before this one that was only gone through, and that names the folder
    or one around it, below that of the plan; empty where none does."""
    base = state.begun.folder if state.begun else ""
    below = cwd.removeprefix(base).strip("/").split("/") if cwd.startswith(base) else [cwd]
    named = [re.compile(rf"(?<![\w-]){re.escape(part)}(?![\w-])") for part in below if part]
    for other, step in state.steps.items() if named else ():
        if other == id_:
            break
        if step.rehearsed and other in state.outline.steps:
            planned = state.outline.steps[other]
            text = f"{planned.before or ''}\n{planned.run or ''}"
            if any(name.search(text) for name in named):
                return planned.title
    return ""


def amended_text(step: StepState, text: str) -> str:
    """What runs in place of a text of the step's undo; the text itself where nobody changed it."""
    for amendment in step.amended:
        text = amendment.text if amendment.was == text else text
    return text


def _secrets(state: RunState, step: StepState, recorded: tuple[str, ...]) -> tuple[str, ...]:
    """The secrets that its undo reads, with those that a person has put in."""
    added = (name for a in step.amended for name in secrets_in(state, a.text))
    return tuple(dict.fromkeys((*recorded, *added)))


def edits(step: StepState) -> tuple[str, ...]:
    """Who has changed the step's undo, and why, the newest last."""
    return tuple(
        f"goes on from line {a.from_line}, by {a.by.name}"
        if a.from_line
        else f"edited by {a.by.name}: {a.reason}"
        for a in step.amended
    )


def _boxes(state: RunState, id_: str, held: bool) -> Item | None:
    """What was done by hand in a step that holds nothing but boxes: one question."""
    boxes = along_with(state.outline, state.steps, id_)
    if not boxes:
        return None
    armed = state.step(boxes[0]).undo
    titles = ", ".join(state.outline[box].title for box in boxes)
    return Item(
        step=id_,
        title=state.outline[id_].title,
        kind="manual",
        reason=f"done by hand: {titles}",
        cwd=armed.cwd if armed is not None else "",
        held=held,
        result=state.rollback.results.get(id_, "") if state.rollback else "",
        status=state.step(id_).status,
    )


def _of_earlier(state: RunState, step: StepState) -> tuple[tuple[FilledIn, ...], FilledIn | None]:
    """The undos of attempts before the last, and how the first one is verified."""
    texts = tuple(resolve_undo(state, armed, state.values) for armed in step.earlier)
    first = step.earlier[-1] if step.earlier else None
    if first is None or not first.verify:
        return texts, None
    return texts, resolve_verify(state, first, state.values)


def finished_item(state: RunState, id_: str) -> Item:
    """What a rollback has made of a step that is as if it had never run."""
    result = state.rollback.results.get(id_, "") if state.rollback else ""
    title = state.outline[id_].title if id_ in state.outline else id_
    last = next((c for c in reversed(state.step(id_).commands) if c.kind == "undo"), None)
    return Item(
        step=id_,
        title=title,
        kind="command" if last is not None else "manual",
        text=last.text if last else "",
        host=last.host if last else "",
        result=result,
        outcome=state.step(id_).undo_reason if result else "",
        status=state.step(id_).status,
        edited=edits(state.step(id_)),
    )


def _usual(state: RunState, id_: str, kind: str) -> float | None:
    """How long the undo took last; what the step itself takes says nothing about it."""
    if kind != "command":
        return None
    undos = (c for c in reversed(state.step(id_).commands) if c.kind == "undo" and c.ok)
    last = next(undos, None)
    return last.seconds if last is not None else None


def _guess(state: RunState, id_: str, kind: str) -> float | None:
    """How long the step's command took last, else what it was planned to take."""
    if kind != "command":
        return None
    runs = (c for c in reversed(state.step(id_).commands) if c.kind == "run" and not c.running)
    last = next(runs, None)
    return last.seconds if last is not None else estimated(state, id_) or None


def lacking(item: Item, absent: Collection[str]) -> Item:
    """The item where these secrets have to be given before it can run."""
    if not any(name in absent for name in item.secrets):
        return item
    missing = tuple(dict.fromkeys((*item.missing, *(n for n in item.secrets if n in absent))))
    return dataclasses.replace(item, missing=missing)
