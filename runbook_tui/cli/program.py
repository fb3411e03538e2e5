"""The program's commands, each loaded only when it is used, and the end of every failure."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from runbook_tui.cli import exits

COMPLETING = "_RUNBOOK_COMPLETE"
"""Set by a shell that asks what could come next; the name is click's."""
COMMANDS = {
    "run": "start a run of a plan",
    "resume": "go on with a run as its lead",
    "join": "take part in a run as another person",
    "serve": "a run in the browsers of people who have no terminal",
    "tick": "tick a check or criterion, or finish a step done by hand",
    "skip": "leave a step out, with a reason",
    "note": "write a remark down",
    "sign": "sign off a gate or a step",
    "ack": "see to an alarm: nobody further up is told",
    "countersign": "sign what a text asks for, without the run or a network",
    "hand": "raise a hand: everybody in the run sees it",
    "handover": "give the lead to somebody else, with a note",
    "ask": "ask anew for a sign-off whose time is over",
    "override": "open a gate without its sign-offs, with a reason",
    "rollback": "bring it back: what ran is undone, newest first",
    "stop": "stop a run's running commands",
    "init": "a plan to begin with",
    "check": "every fault and finding of a plan",
    "show": "what was read from a plan",
    "annotate": "a TOML file that adds to a plan, to be filled in",
    "convert": "the same runbook as TOML",
    "from-github": "a plan for the open pull requests of a repository",
    "probe": "one look by a probe of a team's own",
    "runs": "open and past runs",
    "log": "what happened in a run",
    "report": "what happened, for people",
    "export": "a run as an archive that can be checked anywhere",
    "verify": "does the journal, or an archive of a run, hold?",
    "seal": "sign, as the lead, all that was recorded of a run that is over",
    "anchor": "write down a run's head outside of the journal, as a git note",
    "prune": "remove the output of runs that are long over, never what was recorded",
    "demo": "the whole job in a sandbox on this machine",
    "doctor": "is this machine ready?",
    "schema": "the TOML format, or that of the settings, as a JSON Schema",
    "settings": "keys, colours, signs, motion: what counts, and from where",
    "completion": "what makes a shell complete commands, plans and runs",
}


class LazyGroup(click.Group):
    """Knows its commands by name; a command's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of a run."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"runbook_tui.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        if COMPLETING in os.environ:
            from runbook_tui.cli.completing import offer

            return offer(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a name that is almost right."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean “{close[0]}”?" if close else ""
            ctx.fail(f"There is no command “{args[0]}”.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="runbook-tui", prog_name="runbook")
@click.pass_context
def program(ctx: click.Context) -> int:
    """Carry out a risky change step by step, with a rollback ready at every moment.

    Without a command: the plans here, open runs and past runs.
    """
    if ctx.invoked_subcommand is None:
        from runbook_tui.cli.home import home

        return home()
    return exits.DONE


def start(arguments: Sequence[str]) -> int:
    """Run the program; the exit status is the contract's, never a traceback."""
    from runbook_tui.cli import say

    say.prepare_streams()
    # A mask that takes the owner's own rights away would keep us from every file that we make.
    os.umask(os.umask(0o077) & 0o077)
    try:
        result = program.main(list(arguments), prog_name="runbook", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return exits.USAGE
    except (click.Abort, KeyboardInterrupt):
        say.err("stopped here; nothing else was started, and running commands go on")
        return exits.WAITING
    except BrokenPipeError:
        # Whoever read our output has gone; that is no fault, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.DONE
    except Exception as error:  # noqa: BLE001  the last place where anything can be caught
        from runbook_tui.cli.failing import explain

        return explain(error)
    return result if isinstance(result, int) else exits.DONE
