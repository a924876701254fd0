"""Finds the faults in a page that no browser complains about but a reader, a screen reader or the CSP would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = set("area base br col embed hr img input link meta param source track wbr".split())
CLOSING_OPTIONAL = set("p li td th tr option dt dd thead tbody tfoot colgroup optgroup html head body".split())
UNLABELLED_INPUTS = {"hidden", "submit", "button", "reset", "image"}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage", "list", "form")
DATA_SCRIPTS = {"application/json", "application/ld+json"}


@dataclass
class Node:
    """An element with its attributes, its text and the elements around and in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    parts: list["str | Node"] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def text(self) -> str:
        """The words a reader gets, pictures by their alternative text, spaces collapsed."""
        words = [part if isinstance(part, str) else part.get("alt") or part.text() for part in self.parts]
        return " ".join("".join(words).split())

    def all(self, *tags: str) -> "list[Node]":
        found = []
        for child in self.children:
            if not tags or child.tag in tags:
                found.append(child)
            found.extend(child.all(*tags))
        return found

    def inside(self, tag: str) -> "Node | None":
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above

    def __str__(self) -> str:
        marks = "".join(f' {name}="{self.get(name)}"' for name in ("id", "name", "class", "action") if self.get(name))
        return f"<{self.tag}{marks}>"


class TreeBuilder(HTMLParser):
    """Builds the tree and notes end tags that close nothing or the wrong thing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("#document")
        self.open = self.root
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.open)
        names = [name for name, _ in attrs]
        self.faults += [f"attribute {name} twice: {node}" for name in sorted(set(names)) if names.count(name) > 1]
        self.open.children.append(node)
        self.open.parts.append(node)
        if tag not in VOID:
            self.open = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID and self.open.parent is not None:
            self.open = self.open.parent

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self.open.tag != tag and self.open.tag in CLOSING_OPTIONAL and self.open.parent is not None:
            self.open = self.open.parent
        if self.open.tag != tag or self.open.parent is None:
            self.faults.append(f"</{tag}> closes {self.open}")
            return
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.parts.append(data)


def parse(html: str) -> tuple[Node, list[str]]:
    """The tree of a page and the faults in its tags."""
    builder = TreeBuilder()
    builder.feed(html)
    builder.close()
    if builder.open.tag not in CLOSING_OPTIONAL | {"#document"}:
        builder.faults.append(f"{builder.open} is never closed")
    return builder.root, builder.faults


def problems(html: str) -> list[str]:
    """Every fault of a whole page, one plain line each; an empty list is a good page."""
    root, faults = parse(html)
    checks = (head_problems, id_problems, label_problems, inline_problems, form_problems, image_problems)
    return faults + [problem for check in checks for problem in check(root)]


def head_problems(root: Node) -> list[str]:
    found = []
    if not any(node.get("lang") for node in root.all("html")):
        found.append("html has no lang")
    headings = root.all("h1")
    titles = [node for node in root.all("title") if not node.inside("svg")]
    if len(headings) != 1:
        found.append(f"{len(headings)} h1 instead of one")
    if len(titles) != 1:
        return [*found, f"{len(titles)} title instead of one"]
    if headings and not (headings[0].text() and titles[0].text().startswith(headings[0].text())):
        found.append(f"title {titles[0].text()!r} does not begin with the h1 {headings[0].text()!r}")
    return found


def id_problems(root: Node) -> list[str]:
    ids = [node.get("id") for node in root.all() if "id" in node.attributes]
    found = [f"id {name!r} {ids.count(name)} times" for name in sorted(set(ids)) if ids.count(name) > 1 or not name]
    for node in root.all():
        for attribute in REFERENCES:
            missing = set(node.get(attribute).split()) - set(ids)
            found += [f"{attribute} of {node} names the missing id {name!r}" for name in sorted(missing)]
    return found


def label_problems(root: Node) -> list[str]:
    targets = {label.get("for") for label in root.all("label") if label.text()}
    fields = [node for node in root.all("input", "select", "textarea") if node.get("type") not in UNLABELLED_INPUTS]
    found = [f"{node} has no label" for node in fields if not is_named(node) and node.get("id") not in targets]
    controls = root.all("button", "a", "summary") + [node for node in root.all("input") if node.get("type") == "submit"]
    return found + [
        f"{node} has no text" for node in controls if not (node.text() or node.get("value") or is_named(node))
    ]


def is_named(node: Node) -> bool:
    label = node.inside("label")
    return bool(node.get("aria-label").strip() or node.get("aria-labelledby").strip() or (label and label.text()))


def inline_problems(root: Node) -> list[str]:
    found = [f"inline style: {node}" for node in root.all("style")]
    for node in root.all():
        if node.tag == "script" and not node.get("src") and node.get("type") not in DATA_SCRIPTS:
            found.append(f"inline script: {node}")
        if "style" in node.attributes:
            found.append(f"style attribute: {node}")
        found += [f"inline handler {name}: {node}" for name in node.attributes if name.startswith("on")]
        if any(node.get(name).strip().lower().startswith("javascript:") for name in ("href", "action", "formaction")):
            found.append(f"script as address: {node}")
    return found


def form_problems(root: Node) -> list[str]:
    found = []
    for form in root.all("form"):
        if form.inside("form"):
            found.append(f"form inside a form: {form}")
        tokens = [node for node in form.all("input") if node.get("name") == "csrf_token"]
        is_post = form.get("method").lower() == "post"
        if is_post and not any(node.get("type") == "hidden" and node.get("value") for node in tokens):
            found.append(f"POST form without csrf_token: {form}")
        if not is_post and tokens:
            found.append(f"csrf_token would stand in the address: {form}")
    return found


def image_problems(root: Node) -> list[str]:
    return [f"{node} has no alt" for node in root.all("img") if "alt" not in node.attributes]
