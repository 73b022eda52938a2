"""Process of a sandbox: finds, starts and stops the ``renumerate`` command."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from threading import Timer

# Seconds after which a process that does not start, or does not stop, is killed.
START_TIMEOUT = 30.0
STOP_TIMEOUT = 5.0


def start_process(command: str, arguments: list[str]) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """Starts a sandbox. Returns the process and its startup message, which contains the URL and the keys."""
    try:
        process = subprocess.Popen(
            [command, "sandbox", "--port", "0", "--json", "--until-stdin-ends", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    except OSError as error:
        raise type(error)(_start_problem(command, error)) from None
    assert process.stdout is not None
    timer = Timer(START_TIMEOUT, process.kill)
    timer.start()
    try:
        line = process.stdout.readline()
    finally:
        timer.cancel()
        timer.join()
    try:
        info: dict[str, str] = json.loads(line)
        info["url"]
    except (LookupError, TypeError, ValueError):
        if line:
            process.kill()
        problem = _wait_for_exit(process).strip()
        # The output of another program is not shown, because it may repeat its arguments and so the private key.
        if line or not problem:
            check = "check that it is the renumerate command"
            problem = f"the command {command} did not print the URL of a sandbox; {check}"
        raise RuntimeError(f"could not start the sandbox: {problem}") from None
    return process, info


def stop_process(process: subprocess.Popen[str]) -> None:
    process.terminate()
    _wait_for_exit(process)


def _wait_for_exit(process: subprocess.Popen[str]) -> str:
    """Waits until the process exits, kills it if that takes too long, and returns its error output."""
    try:
        return process.communicate(timeout=STOP_TIMEOUT)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1]


def find_command() -> str:
    """Returns the path of the command in this Python environment, or else of the command on ``PATH``.

    The command in this Python environment is found even if the environment is not activated.
    """
    return shutil.which("renumerate", path=sysconfig.get_path("scripts")) or shutil.which("renumerate") or "renumerate"


def _start_problem(command: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        install = "run \"pip install 'renumerate-sdk[testing]'\", or set the parameter command to its path"
        problem = f"the command {command} does not exist; {install}"
    else:
        allow = f'run "chmod +x {command}", or move it to a folder that is not mounted noexec'
        problem = f"the command {command} cannot be executed: {error.strerror}; {allow}"
    return f"could not start the sandbox: {problem}"
