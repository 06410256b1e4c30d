"""The certificate: what was compared, how far apart it was, what is not preserved."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from netspec._system import write_atomically
from netspec.conformance.report import Report, decode_row, encode_row
from netspec.declare.rules import Json
from netspec.errors import NetspecError, said
from netspec.spec import documents

SCHEMA = 1


@dataclass(frozen=True)
class Model:
    """What the certificate is about.

    Attributes:
        name: of the spec.
        spec: digest of the spec.
        weights: digest of the weights, by canonical path.
        input_shape: of one example.
        parameters: how many numbers the weights are.
        original: what the original is.
        original_weights: digest of its arrays, by its own names; of what was recorded,
            where it does not run here.
    """

    name: str
    spec: str
    weights: str
    input_shape: tuple[int, ...]
    parameters: int
    original: str
    original_weights: str


@dataclass(frozen=True)
class Compared:
    """In which settings.

    Attributes:
        shapes: of one example, each with the size of its batch.
        dtypes: ``"float64"``, ``"float32"``.
        modes: ``"evaluation"``, ``"training"``.
        weights: ``"own"``, those that were trained; ``"drawn"``, others.
        seed: of all draws.
    """

    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[str, ...]
    modes: tuple[str, ...]
    weights: tuple[str, ...]
    seed: int


@dataclass(frozen=True)
class Bits:
    """How many tensors of a backend are the original's to the last bit.

    Attributes:
        backend: its name.
        dtype: ``"float64"`` or ``"float32"``.
        equal: number of tensors with the same bits.
        total: number of tensors.
    """

    backend: str
    dtype: str
    equal: int
    total: int


@dataclass(frozen=True)
class Best:
    """On how many examples of the user's batch a backend chooses the original's class.

    Attributes:
        backend: its name.
        agree: number of examples.
        examples: number of all.
    """

    backend: str
    agree: int
    examples: int


@dataclass(frozen=True)
class Lost:
    """What is not preserved.

    Attributes:
        notes: what is not to the last bit as it was, or was not compared, in sentences.
        unused: arrays of the original that its output does not depend on.
        training_only: what the original has in training alone.
    """

    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    training_only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """What a comparison of an original with its spec came to.

    Attributes:
        model: what was compared, by digests.
        compared: in which settings.
        report: the verdict on every tensor, versions and time.
        names: of each parameter in the original, by canonical path.
        bits: of each backend beside the original.
        best: of each, on the user's own batch.
        lost: what is not preserved.
        lacking: why backends that were not asked for by name are not beside it.
    """

    model: Model
    compared: Compared
    report: Report
    names: Mapping[str, str]
    bits: tuple[Bits, ...] = ()
    best: tuple[Best, ...] = ()
    lost: Lost = field(default_factory=Lost)
    lacking: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """``"PASSED"``, ``"FAILED"``, or ``"UNDECIDED"``: nothing disagrees, but not
        everything is decided.
        """
        return self.report.verdict

    @property
    def passed(self) -> bool:
        """True if the original is what the spec says, with these weights, and every
        backend that can build it agrees.
        """
        return self.report.passed

    def to_json(self) -> str:
        """Return the certificate as canonical JSON: sorted keys, no spaces. Its
        ``digest`` is that of the text without it.
        """
        document = self._document()
        return documents.canonical_json(document | {"digest": _digest(document)}) + "\n"

    def _document(self) -> dict[str, Json]:
        report = self.report
        return {
            "schema": SCHEMA,
            "verdict": self.verdict,
            "passed": self.passed,
            "counts": report.counts,
            "model": _plain(self.model),
            "compared": _plain(self.compared),
            "rows": [encode_row(row) for row in report.rows],
            "names": dict(self.names),
            "bits": [_plain(bits) for bits in self.bits],
            "best": [_plain(best) for best in self.best],
            "lost": _plain(self.lost),
            "lacking": dict(self.lacking),
            "specs": report.specs,
            "environment": report.environment,
            "started": report.started,
            "command": report.command,
        }

    @staticmethod
    def from_json(source: str) -> Certificate:
        """Read a certificate from the text that `to_json` wrote.

        Raises:
            NetspecError: the text is no certificate, one of a newer version, or one
                that was changed.
        """
        try:
            return _decoded(documents.parse_json(source))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            problem = f"lacks {error}" if isinstance(error, KeyError) else said(error)
            raise NetspecError(f"not a certificate: {problem}") from None

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write the certificate as an HTML page, which needs no other file.

        Raises:
            NetspecError: the file cannot be written.
        """
        from netspec.certificates._page import render_page  # Jinja2 takes time

        page = render_page(self, self.report)
        write_atomically(path, page.encode(errors="backslashreplace"))


def _plain(held: Any) -> dict[str, Json]:
    return {one.name: _listed(getattr(held, one.name)) for one in fields(held)}


def _listed(value: Any) -> Any:
    return [*map(_listed, value)] if isinstance(value, tuple) else value


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _digest(document: Mapping[str, Json]) -> str:
    return hashlib.sha256(documents.canonical_json(dict(document)).encode()).hexdigest()


def _decoded(document: Any) -> Certificate:
    if not isinstance(document, dict) or not isinstance(document.get("schema"), int):
        raise KeyError("schema")
    if document["schema"] > SCHEMA:
        raise ValueError(
            f"it has version {document['schema']}, this netspec reads up to {SCHEMA};"
            " upgrade netspec"
        )
    held = dict(document)
    if held.pop("digest", None) != _digest(held):
        raise ValueError("its digest is not that of its content; it was changed")
    compared = _of(Compared, held["compared"])
    report = Report(
        compared.seed,
        [decode_row(row) for row in held["rows"]],
        specs=held["specs"],
        command=held["command"],
        environment=held["environment"],
        started=held["started"],
    )
    return Certificate(
        _of(Model, held["model"]),
        compared,
        report,
        held["names"],
        tuple(_of(Bits, one) for one in held["bits"]),
        tuple(_of(Best, one) for one in held["best"]),
        _of(Lost, held["lost"]),
        held["lacking"],
    )


def _of(kind: type[Any], document: Mapping[str, Any]) -> Any:
    return kind(**{one.name: _tuples(document[one.name]) for one in fields(kind)})
