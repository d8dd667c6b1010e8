"""`python -m vmgit` is `vmgit`."""

from vmgit.cli.start import main

if __name__ == "__main__":
    main()
