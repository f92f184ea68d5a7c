"""`python -m assistant` is `amyo`."""

from assistant.cli import main

main()
