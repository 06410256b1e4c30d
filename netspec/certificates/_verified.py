"""Verify that a certificate is of a model, by digests: nothing is compared again."""

from __future__ import annotations

from netspec.certificates._certificate import Certificate
from netspec.certificates._weights import digest_of
from netspec.contract import Arrays
from netspec.spec import Spec


def differences(certificate: Certificate, spec: Spec, params: Arrays) -> list[str]:
    """Say where a model is not that of a certificate; nothing if it is.

    Args:
        certificate: what was issued.
        spec: the model.
        params: its weights.
    """
    model = certificate.model
    pairs = {
        "spec": (spec.digest, model.spec),
        "weights": (digest_of(params), model.weights),
    }
    return [
        f"the {what} are not those of the certificate: {found[:12]}, not {stated[:12]}"
        for what, (found, stated) in pairs.items()
        if found != stated
    ]
