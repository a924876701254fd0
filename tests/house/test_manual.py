"""The README names every setting and every command."""

import re
from pathlib import Path

import click
from flask import Flask

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
OWN_COMMANDS = ("audit", "users", "entries", "search", "thesaurus", "hub", "jobs", "links")


def test_every_setting_is_in_the_manual():
    sources = [ROOT / "config.py", *(ROOT / "deploy").glob("*.py"), *(ROOT / "hub").rglob("*.py")]
    used = {name for source in sources for name in re.findall(r"\bHUB_[A-Z_]+\b", source.read_text(encoding="utf-8"))}
    assert used - {"HUB_TESTS_REQUIRE"} <= set(re.findall(r"\bHUB_[A-Z_]+\b", README))


def test_every_command_is_in_the_manual(app: Flask):
    for group_name in OWN_COMMANDS:
        group = app.cli.commands[group_name]
        assert isinstance(group, click.Group)
        for name in group.commands:
            assert f"`{group_name} {name}" in README, f"{group_name} {name}"


def test_every_direct_dependency_has_its_reason():
    names = re.findall(r"^([A-Za-z][\w-]*)", (ROOT / "requirements.in").read_text(), re.M)
    table = README.split("## Dependencies", 1)[1].split("## ", 1)[0].lower()
    assert [name for name in names if name.lower() not in table] == []


def test_packages_are_pinned_with_hashes():
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if re.match(r"^[A-Za-z]", line):
            assert "==" in line and line.endswith("\\"), line
