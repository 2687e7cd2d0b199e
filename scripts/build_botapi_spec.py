"""Build tests/botapi/bot_api.json: which methods the Telegram Bot API has, and which fields with which types.

Facts only (names, types, whether required, constant values), no descriptions. The input is a machine-readable
Bot API specification such as ../shared/data/telegram_bot_api.json: `{"version", "methods": {name: {"fields": [{"name",
"types", "required", "description"}]}}, "types": {name: {"fields"?, "subtypes"?}}}`.

    python scripts/build_botapi_spec.py SPECIFICATION.json

A field is written as its types joined by `|`, `=value` where only one value is allowed, `!` where it is required:
`"chat_id": "Integer|String!"`, `"type": "String=photo!"`. A type that is one of several others is a list of names.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "tests" / "botapi" / "bot_api.json"
# A constant is told apart from its siblings only in prose: 'always "emoji"', 'must be photo'.
CONSTANT = re.compile(r"\b(?:always|must be) [“\"*]?([a-z][a-z0-9_]*)[”\"*]?\.?$")
DISCRIMINATORS = ("type", "source", "status")


def field_facts(field: dict[str, Any]) -> str:
    """One field in the compact notation."""
    facts = "|".join(field["types"])
    if field["types"] == ["String"] and field["name"] in DISCRIMINATORS:
        constant = CONSTANT.search(field["description"].split(". ")[0])
        if constant:
            facts += "=" + constant.group(1)
    return facts + ("!" if field["required"] else "")


def fields_facts(owner: dict[str, Any]) -> dict[str, str]:
    """All fields of a method or type, in the order of the specification."""
    return {field["name"]: field_facts(field) for field in owner.get("fields", [])}


def facts(specification: dict[str, Any]) -> dict[str, Any]:
    """The whole compact list."""
    return {
        "version": specification["version"].removeprefix("Bot API "),
        "methods": {name: fields_facts(method) for name, method in specification["methods"].items()},
        "types": {
            name: kind["subtypes"] if kind.get("subtypes") else fields_facts(kind)
            for name, kind in specification["types"].items()
        },
    }


def render(compact: dict[str, Any]) -> str:
    """JSON with one method or type a line, so that a new Bot API version reads well as a diff."""
    lines = ["{", f' "version": {json.dumps(compact["version"])},']
    for section, end in (("methods", ","), ("types", "")):
        rows = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in compact[section].items()]
        lines += [f' "{section}": {{', ",\n".join(rows), " }" + end]
    return "\n".join([*lines, "}", ""])


def main() -> int:
    """Read the specification named on the command line, write the compact list."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("specification", type=Path)
    parser.add_argument("--output", type=Path, default=TARGET)
    arguments = parser.parse_args()
    compact = facts(json.loads(arguments.specification.read_text(encoding="utf-8")))
    arguments.output.write_text(render(compact), encoding="utf-8")
    print(f"Bot API {compact['version']}: {len(compact['methods'])} methods, {len(compact['types'])} types")
    return 0


if __name__ == "__main__":
    sys.exit(main())
