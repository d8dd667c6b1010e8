"""The page that people read: the OpenAPI document as plain HTML, with nothing from elsewhere.

No script, no font, no image: one style sheet in the page, which its policy names by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --dim: #6a737d; --line: #8884; --soft: #8881; --link: #0b62c4; }
@media (prefers-color-scheme: dark) { :root { --dim: #9aa4ae; --link: #7ab7ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre, .path { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9em; }
pre { background: var(--soft); border-radius: 6px; padding: .8em 1em; overflow-x: auto; }
.all { display: grid; grid-template-columns: 17rem minmax(0, 52rem); gap: 3rem; padding: 0 2rem; }
nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: 2rem 0; }
nav h2 { font-size: .8rem; margin: 1.2rem 0 .3rem; color: var(--dim); }
nav ul { list-style: none; margin: 0; padding: 0; font-size: .88rem; }
nav li { display: flex; gap: .5rem; align-items: baseline; }
main { padding: 2rem 0 6rem; }
h1 { margin: 0 0 .3rem; }
h1 small { color: var(--dim); font-weight: normal; font-size: 1rem; }
section > h2 { margin: 3rem 0 0; padding-bottom: .2rem; border-bottom: 2px solid var(--line); }
article { padding: 1.6rem 0 .4rem; border-bottom: 1px solid var(--line); }
article h3 { margin: 0; font-size: 1.1rem; }
h4 { margin: 1.1rem 0 .2rem; font-size: .8rem; color: var(--dim); }
.path { margin: .2rem 0 .6rem; overflow-wrap: anywhere; }
.method { font: 700 .72rem/1.7 ui-monospace, monospace; min-width: 3.6em; text-align: center;
  border-radius: 4px; padding: 0 .4em; color: #fff; background: #2c6e49; display: inline-block; }
.post { background: #1d5fa8; } .delete { background: #a5342c; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child { white-space: nowrap; width: 1%; }
td.type { white-space: nowrap; color: var(--dim); width: 1%; }
td p, dd p { margin: 0; }
summary { cursor: pointer; color: var(--dim); font-size: .85rem; margin: .6rem 0; }
@media (max-width: 60rem) { .all { display: block; padding: 0 1rem; } nav { position: static; } }
"""
_METHODS = ("get", "post", "delete")


def page_policy() -> str:
    """Return the content security policy of the page: its own style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )


def docs_page(document: dict[str, Any]) -> str:
    """Return the page for an OpenAPI document."""
    info = document["info"]
    groups = [(tag, _operations(document, tag["name"])) for tag in document["tags"]]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(info['title'])} REST</title><style>{_STYLE}</style></head>"
        f'<body><div class="all">{_navigation(groups)}<main>'
        f"<h1>{_text(info['title'])} <small>REST, version {_text(info['version'])}</small></h1>"
        f"{_prose(info['description'])}"
        '<p>For programs: <a href="/openapi.json">openapi.json</a></p>'
        f"{''.join(_group(*group) for group in groups)}{_documents(document)}"
        "</main></div></body></html>"
    )


Operation = tuple[str, str, dict[str, Any]]


def _operations(document: dict[str, Any], tag: str) -> list[Operation]:
    return [
        (method, path, item[method])
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item and tag in item[method]["tags"]
    ]


def _navigation(groups: list[tuple[dict[str, Any], list[Operation]]]) -> str:
    parts = []
    for tag, operations in groups:
        items = "".join(
            f'<li>{_badge(method)} <a href="#{_text(one["operationId"])}">{_text(one["summary"])}'
            "</a></li>"
            for method, _, one in operations
        )
        parts.append(f"<h2>{_text(tag['name'])}</h2><ul>{items}</ul>")
    return f'<nav>{"".join(parts)}<h2><a href="#documents">documents</a></h2></nav>'


def _group(tag: dict[str, Any], operations: list[Operation]) -> str:
    articles = "".join(_article(*operation) for operation in operations)
    about = _prose(tag["description"][:1].upper() + tag["description"][1:])
    return f"<section><h2>{_text(tag['name'])}</h2>{about}{articles}</section>"


def _article(method: str, path: str, operation: dict[str, Any]) -> str:
    return (
        f'<article id="{_text(operation["operationId"])}"><h3>{_text(operation["summary"])}</h3>'
        f'<p class="path">{_badge(method)} {_text(path)}</p>{_prose(operation["description"])}'
        f"{_parameters(operation)}{_body(operation)}{_answers(operation)}</article>"
    )


def _parameters(operation: dict[str, Any]) -> str:
    rows = "".join(
        _row(one["name"], _type(one["schema"]), _about(one))
        for one in operation["parameters"]
        if one["in"] != "path"
    )
    return f"<h4>Parameters</h4><table>{rows}</table>" if rows else ""


def _about(parameter: dict[str, Any]) -> str:
    about = str(parameter.get("description", ""))
    if parameter["in"] == "header":
        return f"(header) {about}"
    default = parameter["schema"].get("default")
    return about if default is None else f"{about} Default: `{json.dumps(default)}`."


def _body(operation: dict[str, Any]) -> str:
    if "requestBody" not in operation:
        return ""
    content = operation["requestBody"]["content"]["application/json"]
    return f"<h4>Body</h4><p>{_type(content['schema'])}</p>{_example(content)}"


def _answers(operation: dict[str, Any]) -> str:
    good, bad = "", ""
    for code, response in operation["responses"].items():
        if not code.startswith("2"):
            bad += _row(code, "", response["description"])
            continue
        for media, content in response["content"].items():
            what = media if media != "application/json" else ""
            kind = _type(content["schema"])
            about = _inline(response["description"])
            good += f"<p><code>{code}</code> {kind} {_text(what)} {about}</p>"
            good += _example(content)
    errors = f"<details><summary>Errors</summary><table>{bad}</table></details>"
    return f"<h4>Answer</h4>{good}{errors}"


def _documents(document: dict[str, Any]) -> str:
    parts = []
    for name, schema in sorted(document["components"]["schemas"].items()):
        required = schema.get("required", [])
        rows = "".join(
            _row(field, _type(one), "" if field in required else "may be left out")
            for field, one in schema["properties"].items()
        )
        parts.append(
            f'<article id="{name}"><h3>{name}</h3>{_prose(schema.get("description", ""))}'
            f"<table>{rows}</table></article>"
        )
    return f'<section><h2 id="documents">documents</h2>{"".join(parts)}</section>'


def _type(schema: dict[str, Any]) -> str:
    """Return what a schema allows, in words, as HTML."""
    if "$ref" in schema:
        name = _text(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " ".join(f"<code>{_text(one)}</code>" for one in schema["enum"])
    match schema.get("type"):
        case "array":
            return f"list of {_type(schema.get('items', {}))}"
        case "object":
            values = schema.get("additionalProperties")
            return f"object of {_type(values)}" if isinstance(values, dict) and values else "object"
        case None:
            return "any"
    return _text(schema["type"])


def _example(content: dict[str, Any]) -> str:
    if "example" not in content:
        return ""
    example = content["example"]
    text = example if isinstance(example, str) else json.dumps(example, indent=2)
    return f"<pre>{_text(text)}</pre>"


def _row(name: str, kind: str, about: str) -> str:
    middle = f'<td class="type">{kind}</td>' if kind else ""
    return f"<tr><td><code>{_text(name)}</code></td>{middle}<td>{_inline(about)}</td></tr>"


def _badge(method: str) -> str:
    return f'<span class="method {method}">{method.upper()}</span>'


def _prose(text: str) -> str:
    paragraphs = [part.replace("\n", " ") for part in text.strip().split("\n\n")]
    return "".join(f"<p>{_inline(paragraph)}</p>" for paragraph in paragraphs)


def _inline(text: str) -> str:
    """Return text as HTML; what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _text(text))


def _text(value: Any) -> str:
    return html.escape(str(value))
