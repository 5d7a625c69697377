"""`make proofs`: what takes too long for `make test`. Exit code 1 if a promise was broken."""

from __future__ import annotations

import subprocess
import sys

PROOFS = {
    "tests.proofs.killing": ("60",),
    "tests.proofs.replicas": (),
    "tests.proofs.growth": (),
}


def main() -> int:
    codes = []
    for module, arguments in PROOFS.items():
        print(f"\n## {module}\n", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
