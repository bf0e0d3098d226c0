"""Times two commands in turn and prints medians and their ratio.

Usage: python benches/pairs.py [-n ROUNDS] A... -- B...
Wall time, CPU time (user and system, children included) and peak memory, each the median over all
rounds; one round of both is run first and not counted. The ratio is A over B.
"""

import os
import statistics
import sys
import time


def measure(command: list[str]) -> tuple[float, float, float]:
    """Runs a command silently; returns wall seconds, CPU seconds, and peak memory in MiB."""
    start = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        try:
            os.execvp(command[0], command)
        except OSError:
            os._exit(127)
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) == 127:
        sys.exit(f"cannot run {command[0]}")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    args = sys.argv[1:]
    rounds = 20
    if args[:1] == ["-n"]:
        rounds, args = int(args[1]), args[2:]
    if "--" not in args:
        sys.exit(__doc__)
    at = args.index("--")
    commands = [args[:at], args[at + 1 :]]
    for command in commands:
        measure(command)
    runs = [[measure(command) for command in commands] for _ in range(rounds)]
    print(f"{'':10} {'A':>10} {'B':>10} {'A/B':>8}")
    for index, name in enumerate(["wall s", "CPU s", "peak MiB"]):
        a, b = (statistics.median(run[which][index] for run in runs) for which in (0, 1))
        print(f"{name:10} {a:10.4f} {b:10.4f} {a / b:8.2f}")


main()
