"""The policy, which says what initializer draws each parameter."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY

from netspec.declare import Declared, Field, Parameter, declare, decode, instance_of
from netspec.declare.rules import GLOB, Rule, Unfit, optional, sequence
from netspec.errors import SpecError, nearest, shorten
from netspec.init._base import INITIALIZER, Initializer
from netspec.init._initializers import (
    Constant,
    KaimingNormal,
    Normal,
    Ones,
    Uniform,
    VarianceScaling,
    XavierUniform,
    Zeros,
)
from netspec.init._structured import Orthogonal, PerGate

# Roles that no policy touches: normalizations start as the identity, positions as GPT's
FIXED: dict[str, Initializer] = {
    "scale": Ones(),
    "shift": Zeros(),
    "slope": Constant(0.25),
    "position": Normal(0.02),
    "running_mean": Zeros(),
    "running_var": Ones(),
}
OF_GATES = ("input_kernel", "recurrent_kernel", "gate_bias")
ROLES = frozenset({*FIXED, *OF_GATES, "kernel", "embedding", "bias"})  # of a policy


@declare
class InitRule(Declared):
    """An initializer for the parameters whose path matches a pattern.

    Attributes:
        pattern: a glob over canonical paths, such as ``"*.body.2.weight"``.
        initializer: draws these parameters.
    """

    pattern: Field[str, str] = Field(GLOB)
    initializer: Field[Initializer, Initializer] = Field(INITIALIZER)

    def matches(self, path: str) -> bool:
        """Tell whether the pattern matches a path."""
        return fnmatch.fnmatchcase(path, self.pattern)


RULE_REF = {"$ref": "#/$defs/InitRule"}
RULE = instance_of(InitRule, "an InitRule", lambda doc: decode(InitRule, doc), RULE_REF)


@declare
class InitPolicy(Declared):
    """Initializers by role: a layer's own `init` wins over the first rule that
    matches, which wins over the role. Scale starts at 1, shift at 0, slope at 0.25,
    positions at Normal(0.02) or, where a layer says so, at a constant.

    What draws by fans sees a matrix of gates as one, (gates units, in). A policy with
    the weight, bias and embedding of the preset torch or keras treats recurrent layers
    as the framework does: ``U(+-1 / sqrt(units))`` for all; the kernels of the states
    orthogonal as a whole, and the first bias of the gate that forgets 1.

    Attributes:
        weight: draws kernels, and embeddings unless `embedding` is given.
        bias: draws biases, with the fans of the kernel beside them.
        embedding: draws embeddings.
        recurrent: draws the kernels of the states of recurrent layers; None for what is
            said above, else `weight`.
        rules: tried in order, before the roles.
    """

    weight: Field[Initializer, Initializer] = Field(
        INITIALIZER, default=XavierUniform()
    )
    _: KW_ONLY
    bias: Field[Initializer, Initializer] = Field(INITIALIZER, default=Zeros())
    embedding: Field[Initializer | None, Initializer | None] = Field(
        optional(INITIALIZER), default=None
    )
    recurrent: Field[Initializer | None, Initializer | None] = Field(
        optional(INITIALIZER), default=None
    )
    rules: Field[Sequence[InitRule], tuple[InitRule, ...]] = Field(
        sequence(RULE, "a list of InitRule", least=0), default=()
    )

    def initializer(self, path: str, parameter: Parameter) -> Initializer:
        """Return the initializer of the parameter at a canonical path.

        Raises:
            SpecError: no rule matches the path, and policies do not know the role.
        """
        for rule in self.rules:
            if rule.matches(path):
                return rule.initializer
        if parameter.starts_at is not None:
            return Constant(parameter.starts_at)
        by_role = FIXED | {
            "kernel": self.weight,
            "embedding": self.embedding or self.weight,
            "bias": self.bias,
            "input_kernel": self.weight,
            "recurrent_kernel": self.recurrent or self.weight,
            "gate_bias": self.bias,
        }
        if parameter.role in OF_GATES:
            return self._of_gates(parameter) or by_role[parameter.role]
        if parameter.role not in by_role:
            raise SpecError(
                f"nothing draws {path}, of role {shorten(parameter.role)}; give the"
                " layer an init, the policy a rule, or one of the roles"
                f" {', '.join(by_role)}"
            )
        return by_role[parameter.role]

    def _of_gates(self, parameter: Parameter) -> Initializer | None:
        """Return what a framework draws a parameter of a recurrent layer with, if this
        policy does what it does with others, and nothing else is given.
        """
        if parameter.role == "recurrent_kernel" and self.recurrent:
            return self.recurrent
        for name, own in RECURRENT.items():
            if _by_role(self) == _by_role(PRESETS[name]):
                return own(parameter)
        return None

    def unused_rules(self, paths: Iterable[str]) -> list[InitRule]:
        """List the rules whose pattern matches none of `paths`."""
        known = list(paths)
        return [rule for rule in self.rules if not any(map(rule.matches, known))]


_TORCH = VarianceScaling(1 / 3, fan="fan_in", distribution="uniform")

PRESETS: dict[str, InitPolicy] = {
    # nn.Linear and nn.Conv*: U(+-1 / sqrt(fan_in)), bias too; nn.Embedding: N(0, 1)
    "torch": InitPolicy(_TORCH, bias=_TORCH, embedding=Normal(1)),
    # Block.initialize() is Uniform(0.07) on every weight
    "gluon": InitPolicy(Uniform(-0.07, 0.07), bias=Zeros()),
    # glorot_uniform; keras.layers.Embedding is U(-0.05, 0.05)
    "keras": InitPolicy(XavierUniform(), bias=Zeros(), embedding=Uniform(-0.05, 0.05)),
    "he": InitPolicy(KaimingNormal("relu"), bias=Zeros()),
    "glorot": InitPolicy(XavierUniform(), bias=Zeros()),
}


def _torch_gates(parameter: Parameter) -> Initializer:
    bound = (parameter.shape[0] / parameter.gates) ** -0.5
    return Uniform(-bound, bound)


def _keras_gates(parameter: Parameter) -> Initializer | None:
    if parameter.role == "recurrent_kernel":
        return Orthogonal()
    if parameter.role == "input_kernel" or parameter.forget is None:
        return None
    gates = range(parameter.gates)
    return PerGate([Constant(float(i == parameter.forget)) for i in gates])


# What frameworks do for recurrent layers; None for what a policy does with others
RECURRENT: Mapping[str, Callable[[Parameter], Initializer | None]] = {
    "torch": _torch_gates,
    "keras": _keras_gates,
}


def _by_role(policy: InitPolicy) -> tuple[Initializer | None, ...]:
    return policy.weight, policy.bias, policy.embedding


def _parse(value: object) -> InitPolicy:
    if value is None:
        return InitPolicy()
    if isinstance(value, str):
        if value not in PRESETS:
            raise SpecError(f"unknown preset {shorten(value)}{nearest(value, PRESETS)}")
        return PRESETS[value]
    if not isinstance(value, InitPolicy):
        raise Unfit
    return value


_POLICY = instance_of(
    InitPolicy,
    "an InitPolicy or the name of a preset",
    lambda document: decode(InitPolicy, document),
    {"anyOf": [{"$ref": "#/$defs/InitPolicy"}, {"enum": list(PRESETS)}]},
)

POLICY: Rule[InitPolicy | str | None, InitPolicy] = Rule(
    _POLICY.must,
    _parse,
    {"anyOf": [_POLICY.schema, {"type": "null"}]},
    _POLICY.encode,
    lambda document: (
        document
        if document is None or isinstance(document, str)
        else _POLICY.decode(document)
    ),
)
