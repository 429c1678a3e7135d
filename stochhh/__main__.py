"""The process of a command: `stochhh ...`, or `python -m stochhh ...`."""

import sys

from .exit_status import exit_status


def main():
    """Run the command line of this process, and return its exit status."""

    def call():
        from .cli import command  # loads what takes a moment, when signals are heeded already

        command()

    return exit_status(call, last=True)


if __name__ == "__main__":
    sys.exit(main())
