"""`bot pack`: another board's document read into provisions, and two versions of it side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import common

if TYPE_CHECKING:
    from knowledge.importing.importer import Imported

app = typer.Typer(
    help="Another board's protocol: import a document, compare two versions.", no_args_is_help=True
)

FileArgument = Annotated[Path, typer.Argument(help="A .docx, .pdf, .md or .txt file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    program.add_typer(app, name="pack")


@app.command("import")
def import_document(
    file: FileArgument,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="A folder for the result: import.json, the file itself, and a pack."),
    ] = None,
    board: Annotated[
        str,
        typer.Option("--board", help="The board's id, which never changes; without it the folder's name."),
    ] = "",
    name: Annotated[str, typer.Option("--name", help="What people call the board.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Read a document's provisions with their own numbers; list what a person must decide."""
    from rich.markup import escape
    from rich.table import Table

    imported = _read(file)
    if into is not None:
        imported = _write(imported, file, into)
        _make_pack(imported, into, board, name)
    if as_json:
        common.print_json(imported.as_json())
        return
    table = Table("provision", "under", "text", title=escape(imported.meta.get("title", imported.file)))
    for provision in imported.provisions:
        table.add_row(
            *(escape(part) for part in (provision.citation, " › ".join(provision.path), provision.text))
        )
    console = common.output()
    console.print(table)
    console.print(
        f"{len(imported.provisions)} provisions, {len(imported.other)} other lines (headings, footers)."
    )
    for key, value in imported.meta.items():
        console.print(f"{key}: {value}", markup=False)
    if imported.unsure:
        console.print(f"\nLook at these yourself ({len(imported.unsure)}):")
        for line in imported.unsure:
            console.print(f"- {line}", markup=False)


@app.command("learn")
def learn() -> None:
    """Learn the pack now, so that the next start, or a running assistant, need not."""
    matcher = common.load_matcher(common.load_settings())
    common.errors().print(f"Learnt: {matcher.pack.fingerprint[:16]}", markup=False)


@app.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="The version that was in force: a file, or import.json.")],
    new: Annotated[Path, typer.Argument(help="The new version: a file, or import.json.")],
    as_json: JsonOption = False,
) -> None:
    """What is new, gone, changed, moved or renumbered between two versions of a document."""
    from knowledge.importing.comparison import differences

    found = differences(_read(old), _read(new))
    if as_json:
        common.print_json({"old": str(old), "new": str(new), "differences": [one.as_json() for one in found]})
        return
    console = common.output()
    if not found:
        console.print("No difference.")
    for one in found:
        names = " → ".join(provision.citation for provision in (one.old, one.new) if provision)
        whole = one.new or one.old
        text = one.words or (whole.text if whole else "")
        console.print(f"{one.kind:20} {names}", markup=False)
        if one.kind not in ("renumbered", "moved"):
            console.print(f"    {text}", markup=False)


def _read(file: Path) -> Imported:
    from knowledge.importing.blocks import UnreadableDocumentError
    from knowledge.importing.importer import from_json, read_document

    try:
        return from_json(file) if file.suffix == ".json" else read_document(file)
    except UnreadableDocumentError as error:
        common.fail(error)


def _write(imported: Imported, file: Path, into: Path) -> Imported:
    """The result in a folder; ids of an earlier import there live on. Says where it is."""
    import json
    import shutil
    from dataclasses import replace

    from knowledge.importing.comparison import kept_ids

    target = into / "import.json"
    if target.exists():
        imported = replace(imported, ids=kept_ids(_read(target), imported))
    into.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(imported.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    original = into / f"original{file.suffix.lower()}"
    if original.resolve() != file.resolve():
        shutil.copyfile(file, original)
    common.errors().print(f"Written: {target} and {original}", markup=False)
    return imported


def _make_pack(imported: Imported, into: Path, board: str, name: str) -> None:
    """The files of a pack that are not there yet, and how to try it."""
    from knowledge.importing.new_pack import write_pack

    folder = into.resolve()
    written = write_pack(
        imported, folder, board or folder.name, name or imported.meta.get("board", folder.name)
    )
    console = common.errors()
    for file in written:
        console.print(f"Made: {file}", markup=False)
    console.print(f'Try: PROTOCOL={into} bot ask "mag ik een foto plaatsen?"', markup=False)
