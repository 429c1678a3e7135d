"""The process of a command: `stochhh ...`, or `python -m stochhh ...`."""

import sys


def main():
    """Run the command line of this process, and return its exit status."""
    try:  # imports, even these, take a moment in which Ctrl-C may come
        from .failures import exit_status

        return exit_status(_command, last=True)
    except KeyboardInterrupt:
        if sys.stderr:
            sys.stderr.write("stochhh: interrupted: nothing was complete, and nothing is kept\n")
        return 130


def _command():
    from .cli import command

    command()


if __name__ == "__main__":
    sys.exit(main())
