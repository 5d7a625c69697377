"""`make bench`: understanding against baselines, growth with the knowledge, and starting."""

from __future__ import annotations

from tests.benchmarks import growth, starting, understanding


def main() -> None:
    for part in (understanding, growth, starting):
        print(f"\n## {(part.__doc__ or '').splitlines()[0]}\n", flush=True)
        part.run()


if __name__ == "__main__":
    main()
