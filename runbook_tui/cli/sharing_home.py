"""``runbook doctor --shared``: whether several users can share this home, and making it so."""

from __future__ import annotations

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended

WANTED = 0o2770
PRIVATE = frozenset({"trusted"})
"""What in a home is each user's own."""


def shared_home(home: Path, group: str | None) -> int:
    """Make the home its group's, or say what it lacks; 0 where several users can share it."""
    if group is not None:
        _share(home, _gid(group))
    wrong = list(lacks(home))
    for line in wrong:
        say.out(f"NOT OK  {line}", colour="red")
    if wrong:
        say.err(
            f"make it so, as the owner or root: runbook doctor --shared --group {_wanted(home)}"
        )
        return exits.STEP_FAILED
    seen = home.stat()
    name = _name(seen.st_gid)
    say.out(f"ok      {home} is shared by the group {name}: {', '.join(_members(seen.st_gid))}",
            colour="green")  # fmt: skip
    say.out(
        f"        each of them sets RUNBOOK_HOME={home}; who is added to the group logs in anew"
    )
    say.out("        who may write this home may write its journal: the group is trusted with that")
    return exits.DONE


def lacks(home: Path) -> Iterator[str]:
    """Why several users cannot share a home, a line each."""
    if not home.is_dir():
        yield f"{home} is not there yet"
        return
    seen = home.stat()
    mode = stat.S_IMODE(seen.st_mode)
    if mode & WANTED != WANTED:
        yield f"{home} has the mode {mode:04o}, and {WANTED:04o} is wanted"
    if mode & stat.S_IRWXO:
        yield f"{home} can be entered or read by everybody on this machine (mode {mode:04o})"
    if len(_members(seen.st_gid)) < 2:
        yield f"the group {_name(seen.st_gid)} has nobody in it who could share {home}"
    yield from _wrong_inside(home, seen.st_gid)


def _wrong_inside(home: Path, gid: int) -> Iterator[str]:
    for path in _parts(home):
        try:
            seen = path.lstat()
        except OSError as error:
            yield f"{path} cannot be looked at: {error.strerror}"
            continue
        due = stat.S_IRGRP | stat.S_IWGRP
        if stat.S_ISDIR(seen.st_mode):
            due |= stat.S_IXGRP | stat.S_ISGID
        if seen.st_gid != gid or seen.st_mode & due != due:
            yield f"{path} is not the group's (mode {stat.S_IMODE(seen.st_mode):04o})"


def _parts(home: Path) -> Iterator[Path]:
    """What everybody who shares a home has to be able to write: journal and runs' folders."""
    for path in sorted(home.iterdir()):
        if path.name in PRIVATE or path.is_symlink():
            continue
        if path.name.startswith(("journal.", "durations.")) and path.is_file():
            yield path
    runs = home / "runs"
    if runs.is_dir() and not runs.is_symlink():
        yield runs
        yield from (path for path in sorted(runs.iterdir())
                    if path.is_dir() and not path.is_symlink())  # fmt: skip


def _share(home: Path, gid: int) -> None:
    from runbook_tui.session.home import make_folder

    try:
        make_folder(home)
        for path in (home, *_parts(home)):
            os.chown(path, -1, gid, follow_symlinks=False)
            # Not through a link: what it points to is somebody else's.
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                mode = stat.S_IMODE(os.fstat(fd).st_mode)
                os.fchmod(fd, WANTED if path.is_dir() else (mode | 0o060) & ~0o007)
            finally:
                os.close(fd)
    except OSError as error:
        raise Ended(
            exits.REFUSED,
            f"{error.filename or home} cannot be given to the group: {error.strerror}",
            "its owner, who is in the group, or root can",
        ) from None


def _gid(group: str) -> int:
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise Ended(
            exits.USAGE, f"there is no group “{group}”", f"make it: groupadd {group}"
        ) from None


def _wanted(home: Path) -> str:
    """The group to name: that of the home, unless only one person is in it."""
    if home.is_dir() and len(_members(gid := home.stat().st_gid)) > 1:
        return _name(gid)
    return "NAME"


def _name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _members(gid: int) -> list[str]:
    """Who is in a group, as far as the system tells."""
    import pwd

    try:
        listed = list(grp.getgrgid(gid).gr_mem)
    except KeyError:
        listed = []
    primary = [user.pw_name for user in pwd.getpwall() if user.pw_gid == gid]
    return list(dict.fromkeys([*primary, *listed]))
