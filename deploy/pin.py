"""`make requirements`: pin every package of the .in files with the hashes of all its artefacts."""

import subprocess
import sys

from environment import PYTHON, ROOT, Stop, prepare_environment, say

OPTIONS = "--generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --no-header"


def main() -> None:
    prepare_environment("requirements.txt", "requirements-dev.txt")
    subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", "pip-tools"], cwd=ROOT, check=True)
    for name in ("requirements", "requirements-dev"):
        say(f"{name}.txt …")
        command = [str(PYTHON), "-m", "piptools", "compile", *OPTIONS.split(), "-q", *sys.argv[1:]]
        subprocess.run([*command, "-o", f"{name}.txt", f"{name}.in"], cwd=ROOT, check=True)


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        say(f"\n{stop}")
        sys.exit(1)
    except subprocess.CalledProcessError:
        say("\nDie Versionen wurden nicht neu festgelegt; der Grund steht über dieser Zeile.")
        sys.exit(1)
