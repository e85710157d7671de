"""`python -m service` is `unstuck`."""

from service.cli import main

main()
