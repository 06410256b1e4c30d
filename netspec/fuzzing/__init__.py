"""Try backends on random models, and shrink what fails.

    print(fuzz("torch", specs=100).passed)

`strategies` draws layers and specs for tests of your own with Hypothesis.
"""

from netspec.errors import NetspecError, said

try:
    import hypothesis as _hypothesis
except ModuleNotFoundError as error:
    raise NetspecError(
        f"random models need hypothesis: {said(error)}; run: pip install"
        ' "netspec[fuzz]"'
    ) from None

from ._ask import Lost as Lost
from ._ask import Mapper as Mapper
from ._ask import Question as Question
from ._ask import here as here
from ._draw import draw as draw
from ._draw import draw_spec as draw_spec
from ._draw import turns as turns
from ._elsewhere import in_lane as in_lane
from ._elsewhere import on_executor as on_executor
from ._offered import Offered as Offered
from ._results import Failure as Failure
from ._results import Fuzzed as Fuzzed
from ._run import fuzz as fuzz
from ._shrink import shrink as shrink
from ._trial import Finding as Finding
from ._trial import trial as trial
