"""Where a journal may be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbook_tui.journal.place import NETWORK, filesystem, make_folder

TABLE = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:25 / /home rw - nfs4 server:/home rw,vers=4.2
31 30 254:1 / /home/ada/my\\040disk rw - ext4 /dev/vdb rw
32 22 0:26 / /mnt rw - tmpfs tmpfs rw
33 32 0:27 / /mnt rw - fuse.sshfs grace@host:/ rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/runbook", "ext4"),
        ("/home/ada/.local/state", "nfs4"),
        ("/home/ada/my disk/x", "ext4"),
        ("/homes", "ext4"),
        ("/mnt/x", "fuse.sshfs"),
    ],
)
def test_the_deepest_and_latest_mount_counts(tmp_path: Path, folder: str, kind: str) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(TABLE)
    assert filesystem(Path(folder), table) == kind


def test_without_a_table_of_mounts_nothing_is_known(tmp_path: Path) -> None:
    assert filesystem(tmp_path, tmp_path / "none") == ""


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "ceph", "fuse.sshfs"])
def test_shared_file_systems_are_known(kind: str) -> None:
    assert NETWORK.fullmatch(kind)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "fuse.gvfsd"])
def test_local_ones_are_allowed(kind: str) -> None:
    assert not NETWORK.fullmatch(kind)


def test_folders_we_make_are_private_and_others_stay_as_they_are(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    used = tmp_path / "used"
    used.mkdir()
    used.chmod(0o755)
    (used / "file").touch()
    make_folder(used)
    assert used.stat().st_mode & 0o777 == 0o755


def test_an_empty_folder_of_ours_becomes_private(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    empty.chmod(0o755)
    make_folder(empty)
    assert empty.stat().st_mode & 0o777 == 0o700
