"""`python -m vmgit` is `vmgit`."""

from vmgit.cli.main import main

if __name__ == "__main__":
    main()
