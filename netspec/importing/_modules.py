"""Submodules come back: layers of one submodule in a row become a named Sequential."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from netspec.importing._parts import Module, Part, Parts, common
from netspec.layers import Layer, sequence_of

# What the chains of PyTorch and of Gluon have already: no layer can be called so
TAKEN = """
T_destination add add_module append apply bfloat16 buffers call_super_init cast
children collect_params compile cpu cuda double dump_patches eval export extend
extra_repr float forward get_buffer get_extra_state get_parameter get_submodule
half hybrid_forward hybridize infer_shape infer_type initialize insert ipu load
load_parameters load_params load_state_dict modules mtia name name_scope
named_buffers named_children named_modules named_parameters optimize_for
parameters params pop prefix register_backward_hook register_buffer
register_child register_forward_hook register_forward_pre_hook
register_full_backward_hook register_full_backward_pre_hook
register_load_state_dict_post_hook register_load_state_dict_pre_hook
register_module register_op_hook register_parameter
register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ save
save_parameters save_params set_extra_state set_submodule share_memory
state_dict summary to to_empty train training type xpu zero_grad
"""
RESERVED = frozenset(TAKEN.split())


def nested(parts: Parts) -> list[Layer]:
    """Return the layers of a chain, with the submodules that they come from."""
    if len(parts) == 1:
        return [_named(parts[0], parts[0].module[-1:])]
    depth = len(common(part.module for part in parts))
    return _distinct(list(_grouped(parts, depth)))


def _grouped(parts: Parts, depth: int) -> Iterator[Layer]:
    for component, group in groupby(parts, lambda part: part.module[depth : depth + 1]):
        several = tuple(group)
        if not component or len(several) == 1:
            yield from (_named(part, component) for part in several)
        else:
            yield replace(sequence_of(nested(several)), name=_name(component))


def _named(part: Part, component: Module) -> Layer:
    held = part.plain or part.holding([nested(b) if b else [] for b in part.branches])
    return replace(held, name=_name(component))


def _name(component: Module) -> str | None:
    word = component[0] if component else ""
    return word if word.isidentifier() and word not in RESERVED else None


def _distinct(layers: Sequence[Layer]) -> list[Layer]:
    """Leave the name of a module that is called more than once to the first call."""
    seen: set[str | None] = set()
    found = []
    for layer in layers:
        found.append(replace(layer, name=None) if layer.name in seen else layer)
        seen.add(layer.name)
    return found
