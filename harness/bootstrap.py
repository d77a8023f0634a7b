"""Set-up of a fresh clone: the virtual environment, locked packages, forge and solc, each step once.

Runs on whatever `python3` there is, before anything is installed, hence the standard library alone and a syntax that
an old interpreter can still read far enough to be told that it is too old. A step runs again only when the files
that it was made from have changed.
"""

import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMPS = os.path.join(ROOT, "build", "setup")
PYTHON = (3, 11)
NODE = 20
DISK = 2 * 1024**3


class Refused(Exception):
    """A prerequisite is missing; the message is the one sentence that says what to do."""


def main():
    """Run every step that is due; exit 1 with one sentence where something is missing."""
    try:
        check_machine()
        step("Python packages", ["requirements.txt", "pyproject.toml", "harness/bootstrap.py"], install_python)
        step("contracts' packages, forge, anvil, solc", ["package-lock.json", ".npmrc"], install_npm)
        link_tools()
    except Refused as refusal:
        sys.exit("set-up: %s" % refusal)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            sys.exit("set-up: the disk is full; free 2 GB and run the same command again.")
        sys.exit("set-up: %s; mend that and run the same command again." % error)


def check_machine():
    """Refuse a machine that lacks what the README asks for."""
    if not PYTHON <= sys.version_info[:2] < (3, 13):
        raise Refused(
            "this is Python %d.%d; install Python 3.11 or 3.12 and run `make PYTHON=python3.11 ...`." % sys.version_info[:2]
        )
    for tool in ("git", "npm", "node"):
        if shutil.which(tool) is None:
            raise Refused("%s is missing; install %s and run the same command again." % (tool, "Node.js 20 or newer" if tool != "git" else tool))
    node = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if not re.match(r"v\d+", node) or int(re.findall(r"\d+", node)[0]) < NODE:
        raise Refused("this is Node.js %s; install Node.js 20 or newer and run the same command again." % (node or "without a version"))
    if not os.path.isdir(os.path.join(ROOT, "node_modules")) and shutil.disk_usage(ROOT).free < DISK:
        raise Refused("less than 2 GB of disk is free in %s; free some and run the same command again." % ROOT)


def step(title, sources, action):
    """Run `action` unless its stamp says that it ran with these very `sources`."""
    digest = hashlib.sha256(sys.version.encode())
    for source in sources:
        with open(os.path.join(ROOT, source), "rb") as file:
            digest.update(file.read())
    stamp = os.path.join(STAMPS, action.__name__)
    if os.path.isfile(stamp):
        with open(stamp) as file:
            if file.read() == digest.hexdigest():
                return
    sys.stderr.write("set-up: %s ...\n" % title)
    start = time.time()
    action()
    os.makedirs(STAMPS, exist_ok=True)
    with open(stamp, "w") as file:
        file.write(digest.hexdigest())
    sys.stderr.write("set-up: %s, done in %.0f s\n" % (title, time.time() - start))


def install_python():
    """Make the virtual environment and put exactly the locked packages there."""
    run([sys.executable, "-m", "venv", "--clear", VENV], "install Python's venv module (Debian: python3-venv)")
    with open(os.path.join(ROOT, "requirements.txt")) as file:
        lock = file.read()
    uv = re.search(r"^uv==(?:.*\\\n)+.*\n?", lock, re.MULTILINE)
    os.makedirs(STAMPS, exist_ok=True)
    pin = os.path.join(STAMPS, "uv.txt")
    with open(pin, "w") as file:
        file.write(uv.group(0))
    network = "see what it says above; most often the package registry cannot be reached"
    pip = [os.path.join(VENV, "bin", "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run(pip + ["--require-hashes", "--no-deps", "-r", pin], network)
    uv = os.path.join(VENV, "bin", "uv")
    run([uv, "pip", "sync", "--quiet", "--require-hashes", "requirements.txt"], network)
    run([uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", "."], network)


def install_npm():
    """Install the contracts' packages and Foundry's binaries as package-lock.json has them."""
    run(["npm", "ci", "--no-progress", "--loglevel=error"], "see what it says above; most often the package registry cannot be reached")


def link_tools():
    """Put forge, anvil and cast beside `millrace` and `ape`, so that an activated environment has them all.

    npm carries them for Linux on x86-64; elsewhere the same version is taken from the PATH.
    """
    with open(os.path.join(ROOT, "package.json")) as file:
        version = re.search(r'"@foundry-rs/forge-linux-amd64": "([^"]+)"', file.read()).group(1)
    for tool in ("forge", "anvil", "cast"):
        link = os.path.join(VENV, "bin", tool)
        target = os.path.join(ROOT, "node_modules", "@foundry-rs", tool + "-linux-amd64", "bin", tool)
        if not os.path.isfile(target):
            target = foundry_on_path(tool, version)
        if not os.path.islink(link) or os.readlink(link) != target:
            if os.path.lexists(link):
                os.remove(link)
            os.symlink(target, link)


def foundry_on_path(tool, version):
    """Find `tool` of exactly `version` outside the virtual environment."""
    outside = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not p.startswith(VENV))
    found = shutil.which(tool, path=outside)
    said = subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else ""
    if version not in said:
        raise Refused("npm has no %s for this machine; install Foundry %s (foundryup -i %s) and run the same command again." % (tool, version, version))
    return found


def run(command, advice):
    """Run one command of the set-up, or refuse with `advice`."""
    env = dict(os.environ, VIRTUAL_ENV=VENV)
    result = subprocess.run(command, cwd=ROOT, env=env)
    if result.returncode != 0:
        name = " ".join([os.path.basename(command[0])] + command[1:3])
        raise Refused("`%s` failed; %s." % (name, advice))


if __name__ == "__main__":
    main()
