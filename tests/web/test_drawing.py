"""Templates are compiled once and loaded before the workers start."""

from jinja2 import FileSystemBytecodeCache

from hub.web.drawing import load_templates


def test_compiled_templates_lie_in_the_data_folder(migrated_app):
    cache = migrated_app.jinja_env.bytecode_cache
    assert isinstance(cache, FileSystemBytecodeCache)
    load_templates(migrated_app)
    folder = migrated_app.config["INSTANCE"] / "templates"
    assert folder.stat().st_mode & 0o077 == 0
    assert len(list(folder.iterdir())) >= len(migrated_app.jinja_env.list_templates(extensions=["html"]))
