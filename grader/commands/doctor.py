"""`python -m grader doctor`: what is wrong with this machine or this copy of the lab, and what to do."""


def doctor() -> None:
    """Look at Python, the packages, the weights and the files, and say what to mend.

    It also runs outside the lab's environment. Exit status: 0 the lab can run, 1 something has to be mended.
    """
    from grader.doctor.examine import main

    main()
