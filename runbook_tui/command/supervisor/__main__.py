"""The supervisor of one command: `python -I -S -E FOLDER`, its spec as JSON on standard input.

Also `python -I -S -E FOLDER/__main__.py`, which saves the third of a cold start that python takes
to look into a folder.
"""

import sys

here = __file__.rpartition("/")[0]
if here not in sys.path:
    sys.path.insert(0, here)

import beginning  # noqa: E402

beginning.main()
