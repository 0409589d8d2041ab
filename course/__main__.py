"""`python -m course`: the `course` command."""

from course.start import main

if __name__ == "__main__":
    main()
