"""`python -m sync.centre` is the command `eoc`."""

from sync.centre.cli import main

main()
