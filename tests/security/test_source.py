"""What code, templates and scripts may not hold at all, read from their text; each watch first finds a planted fault.

`make security` looks for more with semgrep and bandit; these watches are part of every run.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
CODE = [*(ROOT / "hub").rglob("*.py"), *(ROOT / "deploy").glob("*.py"), ROOT / "config.py", ROOT / "wsgi.py"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
PATTERNS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
WELL_KNOWN = {"hashlib", "hmac", "secrets", "ssl", "bcrypt", "cryptography", "itsdangerous", "authlib", "webauthn"}
Watch = Callable[[ast.AST], bool]


def faults(watch: Watch, paths: list[Path] = CODE) -> list[str]:
    """Places that a watch objects to."""
    return [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)} {ast.unparse(node)[:80]}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if watch(node)
    ]


def finds(watch: Watch, planted: str) -> bool:
    return any(watch(node) for node in ast.walk(ast.parse(planted)))


def called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def keyword(node: ast.AST, name: str) -> str:
    words = node.keywords if isinstance(node, ast.Call) else []
    return next((ast.unparse(one.value) for one in words if one.arg == name), "")


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {(node.module or "").split(".")[0]} if isinstance(node, ast.ImportFrom) and not node.level else set()


def is_built(node: ast.AST) -> bool:
    """A text put together while the program runs."""
    return isinstance(node, ast.JoinedStr | ast.BinOp) or called(node).endswith(".format")


def runs_text(node: ast.AST) -> bool:
    return called(node) in {"eval", "exec", "compile", "__import__", "yaml.load"} or bool(
        imported(node) & {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle"}
    )


def opens_a_shell(node: ast.AST) -> bool:
    return keyword(node, "shell") == "True" or called(node) in {"os.system", "os.popen", "subprocess.getoutput"}


def builds_sql(node: ast.AST) -> bool:
    is_sql = called(node).rpartition(".")[2] in {"text", "execute", "executescript", "exec_driver_sql"}
    return is_sql and isinstance(node, ast.Call) and bool(node.args) and is_built(node.args[0])


def builds_template(node: ast.AST) -> bool:
    return called(node).rpartition(".")[2] in {"render_template_string", "from_string", "Template"}


def builds_pattern(node: ast.AST) -> bool:
    module, _dot, name = called(node).rpartition(".")
    if module != "re" or name not in PATTERNS or not isinstance(node, ast.Call):
        return False
    names = {one.id for one in ast.walk(node.args[0]) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    return any(not one.isupper() for one in names - {"re", "pattern"}) and "re.escape" not in ast.unparse(node.args[0])


def formats_foreign_text(node: ast.AST) -> bool:
    if not called(node).endswith(".format") or not isinstance(node, ast.Call):
        return False
    of = node.func.value if isinstance(node.func, ast.Attribute) else node
    is_markup = isinstance(of, ast.Call) and called(of) == "Markup" and isinstance(of.args[0], ast.Constant)
    is_constant = isinstance(of, ast.Name) and of.id.strip("_").isupper()
    return not (isinstance(of, ast.Constant) or is_markup or is_constant)


def takes_chance_lightly(node: ast.AST) -> bool:
    return "random" in imported(node) or called(node) in {"uuid.uuid1", "uuid.uuid4"}


def hashes_weakly(node: ast.AST) -> bool:
    weak = {"md5", "sha1"}
    named = [one.value for one in ast.iter_child_nodes(node) if isinstance(one, ast.Constant)]
    return called(node).rpartition(".")[2] in weak or any(str(name).lower() in weak for name in named)


def encrypts_weakly(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node).rpartition(".")[2] in {
        "ECB", "CBC", "PKCS1v15", "TripleDES", "ARC4", "Blowfish", "DES",
    }  # fmt: skip


def trusts_any_certificate(node: ast.AST) -> bool:
    text = ast.unparse(node) if isinstance(node, ast.Assign | ast.Call | ast.Attribute) else ""
    return bool(
        keyword(node, "verify") == "False"
        or re.search(r"check_hostname = False|CERT_NONE|_create_unverified_context", text)
    )


PLANTED: dict[Watch, list[str]] = {
    runs_text: ["eval(text)", "import pickle", "from yaml import load"],
    opens_a_shell: ["subprocess.run(words, shell=True)", "os.system('ls ' + name)"],
    builds_sql: ["session.execute(text(f'SELECT {name}'))", "session.execute('SELECT ' + name)"],
    builds_template: ["render_template_string(body)", "env.from_string(body)"],
    builds_pattern: ["re.search(typed, text)", "re.compile('x' + request.args['q'])"],
    formats_foreign_text: ["typed.format(user=user)", "(head + typed).format(1)"],
    takes_chance_lightly: ["import random", "uuid.uuid4()"],
    hashes_weakly: ["hashlib.md5(b'')", "hashlib.new('sha1')"],
    encrypts_weakly: ["modes.ECB()", "padding.PKCS1v15()"],
    trusts_any_certificate: ["requests.get(url, verify=False)", "context.check_hostname = False"],
}
# What stands for itself: names of pragmas of ours; what was typed only after ``re.escape``, a few lines above.
ACCEPTED: dict[Watch, dict[str, int]] = {
    builds_sql: {"hub/checking/data.py": 1, "hub/core/db.py": 1},
    builds_pattern: {"hub/search/offering.py": 1, "hub/indexing/snippets.py": 1},
}


@pytest.mark.parametrize(("watch", "planted"), [(watch, text) for watch, texts in PLANTED.items() for text in texts])
def test_each_watch_finds_its_planted_fault(watch, planted):
    assert finds(watch, planted)


def assert_nowhere(watch: Watch) -> None:
    assert all(finds(watch, text) for text in PLANTED[watch])
    left = [one for one in faults(watch) if "/migrations/" not in one]
    for place, count in ACCEPTED.get(watch, {}).items():
        known = [one for one in left if one.startswith(place)]
        assert len(known) <= count, known
        left = [one for one in left if one not in known]
    assert left == []


def test_nothing_runs_or_unpickles_text():
    assert_nowhere(runs_text)


def test_commands_are_lists_and_never_a_shell():
    assert_nowhere(opens_a_shell)


def test_sql_is_never_built_from_text():
    assert_nowhere(builds_sql)


def test_templates_are_never_built_while_running():
    assert_nowhere(builds_template)


def test_patterns_are_never_built_from_what_people_type():
    assert_nowhere(builds_pattern)


def test_formats_are_ours():
    assert_nowhere(formats_foreign_text)


def test_secrets_come_from_the_system():
    assert_nowhere(takes_chance_lightly)


def test_no_weak_hash_and_no_weak_cipher():
    assert_nowhere(hashes_weakly)
    assert_nowhere(encrypts_weakly)


def test_no_certificate_goes_unchecked():
    assert_nowhere(trusts_any_certificate)


def test_only_well_known_libraries_do_cryptography():
    """No cipher, hash or signature of our own: who computes one imports it."""
    known = {name for path in CODE for node in ast.walk(ast.parse(path.read_text())) for name in imported(node)}
    assert {"Crypto", "nacl", "rsa", "jose", "jwt", "M2Crypto", "OpenSSL"} & known == set()
    assert known >= WELL_KNOWN
    own = r"def _?(encrypt|decrypt|xor|cipher|sign|hmac|sha\d*|pbkdf2?)\b"
    assert [path.name for path in CODE if "migrations" not in path.parts and re.search(own, path.read_text())] == []


def lines(pattern: str, paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"


def test_the_template_engine_escapes_last_and_everywhere(app: Flask):
    assert TEMPLATES
    assert list(lines(r"\|\s*safe\b|autoescape\s+false|Markup\(", TEMPLATES)) == []
    for path in TEMPLATES:
        assert app.select_jinja_autoescape(path.name), path.name
    with app.test_request_context():
        drawn = app.jinja_env.from_string("{{ a }}|{{ a|e }}").render(a='<b title="x">&amp;')
    assert "<b" not in drawn and "&lt;b title=&#34;x&#34;&gt;&amp;amp;" in drawn


def test_pages_hold_no_script_of_their_own_and_data_only_as_json():
    """Script comes from files; data for it stands in attributes or in a JSON block written by ``tojson``."""
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for tag in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in tag or 'type="application/json"' in tag, (path.name, tag)
        for block in re.findall(r'type="application/json"[^>]*>(.*?)</script>', text, re.S):
            assert "tojson" in block, path.name
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), path.name


def test_no_outdated_technique_is_used():
    assert list(lines(r"<(applet|object|embed|marquee|frameset|frame|blink|keygen)\b|\.swf\b|\.xap\b", TEMPLATES)) == []
    assert list(lines(r"document\.write|ActiveXObject|attachEvent|showModalDialog|\bwith\s*\(", SCRIPTS)) == []


def test_script_writes_text_as_text():
    """Markup comes from our own server only, escaped by its templates: suggestions and the note beside a link."""
    assert list(lines(r"outerHTML|insertAdjacentHTML|document\.write|createContextualFragment", SCRIPTS)) == []
    found = [line.split(":")[0] for line in lines(r"innerHTML", SCRIPTS)]
    assert sorted(found) == ["static/js/prefill.js", "static/js/suggest.js"]


def test_script_keeps_nothing_in_the_browser():
    """Only the notice for moments without a network is kept, fetched as a stranger."""
    assert list(lines(r"localStorage|sessionStorage|indexedDB|document\.cookie", SCRIPTS)) == []
    cached = {line.split(":")[0] for line in lines(r"\bcaches\.", SCRIPTS)}
    assert cached <= {"static/js/service-worker.js"}
    assert "credentials: 'omit'" in (ROOT / "static/js/service-worker.js").read_text(encoding="utf-8")


def test_script_merges_nothing_into_prototypes():
    odd = r"__proto__|\.prototype\b|setPrototypeOf|\bfor\s*\(\s*(const|let|var)\s+\w+\s+in\b"
    assert list(lines(odd, SCRIPTS)) == []
    merges = [line for line in lines(r"Object\.assign\(", SCRIPTS) if "createElement" not in line]
    assert all(re.search(r"Object\.assign\((input|button), \{", line) for line in merges), merges


def test_links_are_built_from_routes():
    """Addresses of our pages in templates come from ``url_for``, so no text can lead them astray."""
    wrong = list(lines(r"""(href|action|formaction)="/(?!/)[a-z]""", TEMPLATES))
    assert wrong == []
