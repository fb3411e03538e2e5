"""Plans as people write them, for the program's own tests."""

from __future__ import annotations

SHIP = """\
format = 1
title = "Ship it"
[roles]
cto = ["Grace <grace@example.com>"]
qa = ["*"]
[parameters.version]
default = "2.4"
choices = ["2.4", "2.5"]
[[phase]]
id = "one"
title = "One"
[[phase.step]]
id = "build"
title = "Build"
run = 'echo "building $version"; echo built > built.txt'
undo = "rm built.txt; echo unbuilt"
verify_undo = "test ! -e built.txt"
[[phase.step]]
id = "flaky"
title = "Flaky"
run = "test -e good || { echo not good; exit 3; }"
undo = "echo unflaky"
[[phase]]
id = "two"
title = "Two"
gate = { roles = ["cto"], four_eyes = true }
[[phase.step]]
id = "look"
title = "Look"
checks = ["It looks right"]
[[phase.step]]
id = "call"
title = "Call support"
signoff = { roles = ["qa"] }
"""

LONG = '''\
format = 1
title = "Long"
[[phase]]
title = "One"
[[phase.step]]
id = "first"
title = "First"
run = "echo first > first.txt"
undo = "rm first.txt"
verify_undo = "test ! -e first.txt"
[[phase.step]]
id = "long"
title = "Long"
run = """
for n in 1 2 3; do echo "tick $n"; done
until test -e go; do sleep 0.05; done
echo end; exit 4
"""
expect = { exit = 4 }
undo = "echo back >> undone.txt"
'''

ASKS = """\
format = 1
title = "Asks"
[parameters.name]
[parameters.word]
secret = true
[parameters.other]
pattern = "[a-z]+"
default = "abc"
[[phase]]
title = "One"
[[phase.step]]
id = "ask"
title = "Ask"
run = "echo ${{ name }} ${{ other }} | tr a-z A-Z; test -n \\"$word\\""
confirm = "Really?"
undo = "true"
"""

MARKDOWN = """\
# Small plan

## Phase 1: Work

1. **Greet** (1 minute)
   ```bash
   echo hello <WHO>
   ```
2. **Look around** (2 minutes)
   - [ ] it is fine
3. **Farewell**
   ```bash
   echo bye <WHO>
   ```
"""
