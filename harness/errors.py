"""The base of every error that Millrace raises on purpose."""


class MillraceError(Exception):
    """Something the operator can mend; the message is one sentence that says what is wrong and what to do.

    `millrace` prints the message alone and exits with code 1. Any other exception is a defect of the program and shows
    its traceback.
    """
