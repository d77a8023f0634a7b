"""Secrets by reference: a configuration says where a passphrase, a token or a URL stands, and never what it is [K7]."""

import os
import re
import stat
from pathlib import Path
from typing import Final

from harness.errors import MillraceError

KINDS: Final = ("env", "credential", "fd", "file")
WRITE: Final = "write env:NAME, credential:NAME, fd:NUMBER or file:PATH"
MOST: Final = 65_536
"""Bytes that a secret may have."""
OTHERS: Final = 0o077
"""The rights of everyone but the owner."""
STDERR: Final = 2


class SecretError(MillraceError):
    """A secret is not where its reference says, or others can read it; names the reference and never the secret."""


def problem(reference: str) -> str:
    """Say what is wrong with the form of a reference; empty where nothing is. Nothing is read, nothing repeated."""
    kind, _, name = reference.partition(":")
    if kind not in KINDS or not name:
        return f"is no reference to a secret; {WRITE}"
    if kind in ("env", "credential") and not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        return f"{kind}: takes a name of letters, digits, dots, dashes and underscores"
    if kind == "fd" and (not re.fullmatch(r"[0-9]{1,5}", name) or int(name) in (1, STDERR)):
        return "fd: takes the number of an open file descriptor that is read, such as fd:3"
    if kind == "file" and (not name.startswith("/") or "\0" in name):
        return "file: takes an absolute path"
    return ""


def resolve(reference: str) -> str:
    """Return a secret, without the line's end after it.

    Args:
        reference: `env:NAME`, `credential:NAME` of systemd, `fd:NUMBER`, which can be read once, or `file:PATH`.

    Raises:
        SecretError: It is not there, is empty or too long, or others can read it.
    """
    if wrong := problem(reference):
        raise SecretError(f"a reference to a secret {wrong}")
    kind, _, name = reference.partition(":")
    found = {"env": _environment, "credential": _credential, "fd": _descriptor, "file": _file}[kind](name)
    secret = found.removesuffix("\n").removesuffix("\r")
    if not secret or len(found) >= MOST:
        raise SecretError(
            f"{reference} {'is too long' if secret else 'is empty'}; put the secret there, and nothing else"
        )
    return secret


def _environment(name: str) -> str:
    if name not in os.environ:
        raise SecretError(f"env:{name} is not set; set it, or write another reference")
    return os.environ[name]


def _credential(name: str) -> str:
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if not folder:
        raise SecretError(f"credential:{name} needs systemd; start the keeper as a unit with LoadCredential={name}:...")
    return _read(Path(folder) / name, f"credential:{name}", private=False)


def _file(name: str) -> str:
    return _read(Path(name), f"file:{name}", private=True)


def _descriptor(name: str) -> str:
    try:
        with os.fdopen(int(name), "rb") as file:
            return _text(file.read(MOST), f"fd:{name}")
    except OSError as error:
        raise SecretError(
            f"fd:{name} cannot be read ({error.strerror}); it can be read once, from the keeper's parent"
        ) from None


def _read(path: Path, reference: str, *, private: bool) -> str:
    """Read a file; its rights are those of the very file that is open."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise SecretError(f"{reference} is no ordinary file; put the secret into one")
            if private and status.st_mode & OTHERS:
                raise SecretError(f"{reference} is open to others; close it with `chmod 600`")
            return _text(file.read(MOST), reference)
    except OSError as error:
        raise SecretError(f"{reference} cannot be read ({error.strerror}); is it there, and whose is it?") from None


def _text(found: bytes, reference: str) -> str:
    try:
        return found.decode()
    except UnicodeDecodeError:
        pass
    raise SecretError(f"{reference} is no text; put the secret there, and nothing else")
