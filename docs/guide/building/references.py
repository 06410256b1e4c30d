"""Where the names in signatures and docstrings lead: to where a name is public, in this
guide, or by the inventories in those of others.
"""

from __future__ import annotations

import re
from typing import Any

from docutils.nodes import Element
from sphinx.util.nodes import make_refnode

PRIVATE = re.compile(r"\._\w+")


def publish(app: Any, env: Any, node: Element, shown: Element) -> Element | None:
    """Follow a name of ours to the one place that documents it, or its class; a name of
    others loses modules that are private there, so that an inventory has it.
    """
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"] = PRIVATE.sub("", node["reftarget"])
    name = target.rpartition(".")[2] if target.startswith("netspec.") else target
    if not re.search(r"[A-Z]", name):  # an argument, a field
        return None
    for meant in (name, name.partition(".")[0]):
        found = env.get_domain("py").find_obj(env, None, None, meant, None, 1)
        public = [(full, at) for full, at in found if not at.aliased]
        if len(public) == 1:
            ((full, at),) = public
            where = (node["refdoc"], at.docname, at.node_id)
            return make_refnode(app.builder, *where, shown, full)
    return None


def is_ours(app: Any, domain: Any, node: Element) -> bool | None:
    """Keep still about names of ours that lead nowhere, such as arguments; a name of
    another project must stand in its inventory.
    """
    root, dot, _ = node.get("reftarget", "").partition(".")
    listed = app.env.intersphinx_inventory.values()
    others = {name.partition(".")[0] for names in listed for name in names}
    return None if dot and root in others else True
