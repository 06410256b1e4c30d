"""Certify that a spec with weights is the model that somebody trained.

The original goes into the comparison as one more backend. What it came to is a page,
and a canonical JSON that can be verified:

    found = netspec.importing.torch(module, (3, 224, 224))
    certificate = netspec.certify(module, found.spec, found.params, found.names)
    certificate.to_html("certificate.html")
"""

from ._certificate import Best as Best
from ._certificate import Bits as Bits
from ._certificate import Certificate as Certificate
from ._certificate import Compared as Compared
from ._certificate import Lost as Lost
from ._certificate import Model as Model
from ._certify import certify as certify
from ._programs import recorder as recorder
from ._verified import differences as differences
from ._weights import digest_of as digest_of
