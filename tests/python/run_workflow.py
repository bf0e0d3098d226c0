"""Runs the scripts of a GitHub workflow by hand, in the order of its jobs.

    run_workflow.py WORKFLOW JOB…

Steps that use actions are left out: checkout, caches and uploads are the forge's. No script may hold an expression, so
that each is plain bash; a variable that is an expression has what the environment says, or nothing. What the forge would
do is done by stubs in PATH. Ends with the code of the first step that fails; steps with `if: always()` run all the same.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml


def values(variables):
    """The variables of a step, a job or a workflow, without what only the forge knows."""
    found = {}
    for name, value in (variables or {}).items():
        text = str(value).replace("${{ '${{' }}", "${{")
        forge = "${{" in str(value).replace("${{ '${{' }}", "")
        found[name] = os.environ.get(name, "") if forge else text
    return found


def main():
    workflow = yaml.safe_load(Path(sys.argv[1]).read_text())
    scratch = Path(tempfile.mkdtemp(prefix="workflow-"))
    summary = scratch / "summary"
    files = {"GITHUB_OUTPUT": str(scratch / "output"), "GITHUB_STEP_SUMMARY": str(summary), "CI": "true"}
    code = 0
    for name in sys.argv[2:]:
        job = workflow["jobs"][name]
        for step in job["steps"]:
            if "run" not in step:
                continue
            if "${{" in step["run"]:
                sys.exit(f"{name}: {step['name']}: an expression in a script")
            if code and step.get("if") != "always()":
                print(f"{name}: {step['name']}: left out")
                continue
            env = os.environ | files | {"GITHUB_JOB": name}
            env |= values(workflow.get("env")) | values(job.get("env")) | values(step.get("env"))
            done = subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], env=env, check=False)
            print(f"{name}: {step['name']}: {done.returncode}", flush=True)
            code = code or done.returncode
    if summary.exists():
        print(summary.read_text())
    return code


if __name__ == "__main__":
    sys.exit(main())
