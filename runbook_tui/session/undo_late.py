"""The part of ``rollback.sh`` that reads what a step put out after the program had died.

The supervisor keeps it in the command's folder. The script puts in only what the program would put
in the same way: a value of plain characters wherever that stays as it is, any other where it is a
word of its own. Everything else remains, and is named.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence

from runbook_tui.book.parameters import Gap, fill_in
from runbook_tui.book.shell.encoding import RESERVED, bare
from runbook_tui.session.undo_file import FiledUndo

LATE = r"""
# --- What steps put out late --------------------------------------------------------------------

# What a command has put out under a name, with a dot behind it; fails where nothing is usable.
value_of() { # NAME FOLDER
  if [ -e "$2/output.json" ]; then
    value_kept "$1" "$2/output.json"
    return
  fi
  [ -f "$2/output" ] || return 1
  size=$(wc -c <"$2/output")
  [ "$size" -lt 4194304 ] && [ "$(tr -d '\000' <"$2/output" | wc -c)" = "$size" ] || return 1
  ended=yes
  [ -s "$2/exit.json" ] || ! lives "$2" || ended=''
  # While it runs, a line that has no end yet is not whole.
  { cat "$2/output"; echo x; } | LC_ALL=C awk -v name="$1" -v ended="$ended" '
    function line(text,   at, key) {
      sub(/\r$/, "", text)
      if (end != "") {
        if (text != end) { block = block (lines++ ? "\n" : "") text; return }
        end = ""
        if (mine) { value = block; had = 1 }
        return
      }
      at = index(text, "<<")
      if (at && substr(text, 1, at - 1) ~ /^[A-Za-z_][A-Za-z0-9_]*$/ && length(text) > at + 1) {
        end = substr(text, at + 2)
        mine = substr(text, 1, at - 1) == name
        block = ""
        lines = 0
        return
      }
      at = index(text, "=")
      if (at && substr(text, 1, at - 1) == name) { value = substr(text, at + 1); had = 1 }
    }
    NR > 1 { line(before) }
    { before = $0 }
    END {
      if (ended && before != "x") line(substr(before, 1, length(before) - 1))
      if (end != "" && mine && ended) had = 0
      if (!had || length(value) > 65536) exit 1
      printf "%s.", value
    }'
}
# The same from the masked copy that is kept where there are secrets.
value_kept() { # NAME FILE
  LC_ALL=C awk -v name="$1" '
    # The number that the four hexadecimal digits at the begin of `rest` are; `rest` goes on.
    function digits(   i, n) {
      for (i = 1; i < 5; i++)
        n = n * 16 + index("0123456789abcdef", tolower(substr(rest, i, 1))) - 1
      rest = substr(rest, 5)
      return n
    }
    # The character of a number, two halves of one taken together, in UTF-8.
    function character(n) {
      if (n >= 55296 && n < 57344) {
        if (n > 56319 || substr(rest, 1, 2) != "\\u") { fit = 0; return "" }
        rest = substr(rest, 3)
        n = 65536 + (n - 55296) * 1024 + digits() - 56320
      }
      if (!n) fit = 0
      if (n < 128) return sprintf("%c", n)
      if (n < 2048) return sprintf("%c%c", 192 + int(n / 64), 128 + n % 64)
      if (n < 65536)
        return sprintf("%c%c%c", 224 + int(n / 4096), 128 + int(n / 64) % 64, 128 + n % 64)
      return sprintf("%c%c%c%c", 240 + int(n / 262144), 128 + int(n / 4096) % 64,
                     128 + int(n / 64) % 64, 128 + n % 64)
    }
    # The text that begins at the quote where `rest` does; `fit` is 0 where it is none.
    function text(   out, c) {
      out = ""
      for (rest = substr(rest, 2); (c = substr(rest, 1, 1)) != "\"" && c != ""; ) {
        rest = substr(rest, 2)
        if (c == "\\") {
          c = substr(rest, 1, 1)
          rest = substr(rest, 2)
          if (c == "n") c = "\n"
          else if (c == "t") c = "\t"
          else if (c == "r") c = "\r"
          else if (c == "b") c = "\b"
          else if (c == "f") c = "\f"
          else if (c == "u") c = character(digits())
          else if (c !~ /["\\\/]/) fit = 0
        }
        out = out c
      }
      rest = substr(rest, 2)
      return out
    }
    {
      rest = $0
      while (match(rest, /["}]/)) {
        rest = substr(rest, RSTART)
        if (substr(rest, 1, 1) == "}") { rest = substr(rest, 2); inside = ""; continue }
        key = text()
        if (rest ~ /^: *\{/) { inside = key; continue }
        sub(/^: */, "", rest)
        fit = 1
        value = text()
        if (key != name) continue
        if (inside == "values" && fit) { found = value; had = 1 }
        if (inside == "faults") bad = 1
      }
    }
    END { if (!had || bad || length(found) > 65536) exit 1; printf "%s.", found }' "$2"
}
# $late_NAME is what the commands in the folders have put out, $word_NAME as a word of a shell.
put_out() { # NAME any|plain FOLDER…
  late_name=$1 late_kind=$2 had=''
  shift 2
  for late_folder; do
    if value=$(value_of "$late_name" "$late_folder"); then
      had=yes
      late_value=${value%.}
    fi
  done
  [ -n "$had" ] || return 1
  word=$late_value
  case $late_value in
    '' | -* | *..* | *[!A-Za-z0-9_@%+:./-]* | RESERVED)
      if [ "$late_kind" = plain ]; then
        unfit="what it put out as $late_name has characters that cannot be put in here"
        return 1
      fi
      word=$(printf '%s.\n' "$late_value" | LC_ALL=C sed "s/'/'\"'\"'/g")
      word="'${word%.}'"
      ;;
  esac
  eval "late_$late_name=\$late_value word_$late_name=\$word"
  late="$late $late_name"
}
"""

LATE = LATE.replace("RESERVED", " | ".join(f"'{word}'" for word in sorted(RESERVED)))
SAFE = ("Ab1_.@%+:/-z", "a--b", "7", "a:b", "/a", "v1.2", "@x", "%x", "+x", ":x", "_")
WORDS = ("x y", "x'y\"$z\\`w", "a\nb", "", "~", "*", "$(x)", "#x")


def late(item: FiledUndo) -> str:
    """How what the item lacks may be put in: ``any`` value or ``plain`` ones; empty where none.

    All that it lacks must be what its own command may have put out since.
    """
    if not item.running or item.earlier or not set(item.missing) <= set(item.outputs):
        return ""
    if not all(re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) for name in item.missing):
        return ""
    if not _as_words(item, SAFE):
        return ""
    return "any" if _as_words(item, WORDS) else "plain"


def _as_words(item: FiledUndo, values: Sequence[str]) -> bool:
    """Whether each of these would stand in the item's texts as the word that it is."""
    for text, places in _texts(item):
        for value in values:
            given = dict.fromkeys(item.missing, value)
            filled = fill_in(text, given, places=places, shell=" ".join(item.shell))
            word = value if bare(value, "") else shlex.quote(value)
            if filled.open or filled.text != _with(text, places, word):
                return False
    return True


def _texts(item: FiledUndo) -> tuple[tuple[str, tuple[Gap, ...]], ...]:
    return (
        (item.text, tuple(Gap.parsed(p) for p in item.places or ())),
        (item.verify, tuple(Gap.parsed(p) for p in item.verify_places or ())),
    )


def _with(text: str, places: Sequence[Gap], word: str) -> str:
    return "".join(part if isinstance(part, str) else word for part in _parts(text, places))


def _parts(text: str, places: Sequence[Gap]) -> list[str | Gap]:
    """The text between the places, and these."""
    parts: list[str | Gap] = []
    at = 0
    for place in places:
        parts += [text[at : place.start], place]
        at = place.end
    return [*parts, text[at:]]


def spelled(item: FiledUndo, quoted: Callable[[str], str]) -> tuple[str, str]:
    """Undo and check as words of the script that have the values in them.

    ``quoted`` makes a text such a word.
    """

    def word(text: str, places: Sequence[Gap]) -> str:
        parts = (
            (quoted(part) if part else "") if isinstance(part, str) else f'"${{word_{part.name}?}}"'
            for part in _parts(text, places)
        )
        return "".join(parts) or "''"

    undo, check = (word(*one) for one in _texts(item))
    return undo, check
