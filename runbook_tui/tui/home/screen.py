"""The home screen: one list, and a card about its chosen row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from runbook_tui.tui.home.offers import PlanRow, Row, RunRow
from runbook_tui.tui.views import home as view
from runbook_tui.tui.views.tone import Line, spread
from runbook_tui.tui.widgets.painted import Head, Lines, RowList, TonedScreen
from runbook_tui.tui.widgets.said import Said

if TYPE_CHECKING:
    from runbook_tui.tui.home.app import HomeApp

WIDE = 100
STYLE = """
HomeScreen #head, HomeScreen #foot { height: 1; }
HomeScreen #head, HomeScreen #foot { background: $panel; }
HomeScreen #body { height: 1fr; layout: vertical; }
HomeScreen #rows { height: 1fr; }
HomeScreen #card { height: 7; border-top: hkey $panel; padding: 0 1; }
HomeScreen.-wide #body { layout: horizontal; }
HomeScreen.-wide #rows { width: 3fr; border-right: vkey $panel; }
HomeScreen.-wide #card { width: 2fr; height: 100%; border-top: none; }
"""


class OfferList(RowList):
    """Rows between headings; the cursor passes over those."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(self._paint_row, id=id)
        self.items: tuple[view.Shown, ...] = ()

    def show(self, items: tuple[view.Shown, ...]) -> None:
        """These from now on; the cursor stays with what it stood on."""
        before = self.chosen
        self.items = items
        self.set_count(len(items))
        same = next((n for n, item in enumerate(items) if _same(item, before)), None)
        self.put_cursor(same if same is not None else self.cursor)

    @property
    def chosen(self) -> Row | None:
        """What the cursor stands on."""
        item = self.items[self.cursor] if self.cursor < len(self.items) else None
        return None if isinstance(item, view.Heading) else item

    def put_cursor(self, row: int, *, by_person: bool = False) -> None:
        """Move on over a heading, the way that the cursor goes."""
        row = max(0, min(row, len(self.items) - 1))
        down = row >= self.cursor
        ways = [range(row, len(self.items)), range(row, -1, -1)]
        for way in ways if down else reversed(ways):
            for at in way:
                if not isinstance(self.items[at], view.Heading):
                    super().put_cursor(at, by_person=by_person)
                    return

    def to_next_list(self) -> bool:
        """The cursor goes to the first row of the next list that has any; False: to none."""
        heads = [n for n, item in enumerate(self.items) if isinstance(item, view.Heading)]
        firsts = [
            n + 1 for n in heads
            if n + 1 < len(self.items) and not isinstance(self.items[n + 1], view.Heading)
        ]  # fmt: skip
        if not firsts:
            return False
        before = self.cursor
        self.put_cursor(next((n for n in firsts if n > before), firsts[0]), by_person=True)
        return self.cursor != before

    def marks(self, row: int) -> bool:
        """A heading is none that could be chosen."""
        return row == self.cursor and self.chosen is not None

    def _paint_row(self, row: int, width: int) -> Line:
        line = view.row(self.items[row], width - 2)
        mark = (">", "key") if self.marks(row) else (" ", "plain")
        return [mark, *line]


def _same(item: view.Shown, before: Row | None) -> bool:
    if isinstance(item, RunRow) and isinstance(before, RunRow):
        return item.run == before.run
    if isinstance(item, PlanRow) and isinstance(before, PlanRow):
        return item.path == before.path
    return False


class HomeScreen(TonedScreen):
    """Open runs, plans here, past runs."""

    app: HomeApp
    DEFAULT_CSS = STYLE
    KEYS_OF: ClassVar[str] = "home"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="open", tooltip="go on with a run, start a plan"),
        Binding("tab", "next_list", "next list", id="next-list",
                tooltip="to the next list: open runs, plans, past runs"),
        Binding("slash", "filter", "filter", id="find", tooltip="only rows that hold some words"),
        Binding("r", "reload", "read again", id="reload", tooltip="look at runs and plans again"),
        Binding("escape", "unfilter", "all", id="unfilter", tooltip="all rows again"),
        Binding("question_mark", "help", "help", id="help", tooltip="the keys"),
        Binding("q", "app.leave", "leave", id="leave", tooltip="leave"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.wanted = ""

    def compose(self) -> ComposeResult:
        """Head, rows, card, what is said, foot."""
        yield Head(lambda w, h: self.heading(w), id="head")
        with Container(id="body"):
            yield OfferList(id="rows")
            yield Lines(self._paint_card, id="card")
        yield Said(id="said")
        yield Lines(lambda w, h: [view.foot(w)], id="foot")

    @property
    def rows(self) -> OfferList:
        """The list."""
        return self.query_one("#rows", OfferList)

    def on_mount(self) -> None:
        """The list has the keys."""
        self.rows.focus()
        self.changed()

    def on_resize(self, event: events.Resize) -> None:
        """The card beside the list where there is room."""
        self.set_class(event.size.width >= WIDE, "-wide")

    def changed(self) -> None:
        """Show what is known by now."""
        if not self.query("#foot"):
            return
        known = self.app.known
        none = view.Nothing(loaded=known.loaded, no_runs=known.no_runs, no_plans=known.no_plans)
        self.rows.show(view.shown(known.runs, known.plans, self.wanted, none))
        for lines in self.query(Lines):
            lines.refresh()

    def on_row_list_moved(self) -> None:
        """Another row is chosen."""
        chosen = self.rows.chosen
        self.app.known.chosen = chosen.path if isinstance(chosen, PlanRow) else ""
        self.query_one("#card").refresh()

    def heading(self, width: int) -> list[Line]:
        """How many runs are open, and where this is."""
        known = self.app.known
        many = len(known.open_runs)
        filtered = f" · only “{self.wanted}”, Esc: all" if self.wanted else ""
        open_ = f"{many} open run{'' if many == 1 else 's'}" if known.loaded else "looking …"
        open_ = "open runs not known" if known.no_runs else open_
        return [spread([(" Runbook", "strong"), (filtered, "warn")],
                       [(open_, "dim"), (f" · {self.app.folder} ", "dim")], width)]  # fmt: skip

    def _paint_card(self, width: int, height: int) -> list[Line]:
        chosen = self.rows.chosen
        return view.card(chosen, width, height, self.wanted, self.app.known.no_runs)

    def action_open(self) -> None:
        """Go on with a run, start a plan, or look at what happened."""
        if (chosen := self.rows.chosen) is not None:
            self.app.open_row(chosen)
        else:
            self.app.say("no row is chosen: Ctrl+P opens a plan that lies elsewhere", "warn")

    def action_filter(self) -> None:
        """Only rows that hold what is typed."""
        from runbook_tui.tui.dialogs.ask import AskText

        def answered(text: str | None) -> None:
            if text is not None:
                self.wanted = text.strip()
                self.changed()

        question = "Only rows with these words (empty: all)"
        self.app.push_screen(AskText(question, empty=True, value=self.wanted), answered)

    def action_unfilter(self) -> None:
        """All rows again."""
        if not self.wanted:
            self.app.say("all rows are shown: / leaves only those with some words")
            return
        self.wanted = ""
        self.changed()

    def action_next_list(self) -> None:
        """The first row of the next list that has any."""
        if not self.rows.to_next_list():
            self.app.say("there is no other list with rows in it")

    def action_reload(self) -> None:
        """Look at everything again."""
        self.app.reload(aloud=True)

    def action_help(self) -> None:
        """The keys."""
        self.app.action_help()
