"""Known differences between frameworks: data, each with a witness that runs.

``witness(entry).holds`` is true for each of the `entries`, where all its frameworks are
installed. Recordings stand in, labelled, for those that are not. Entries of the
`course` have what one teaches with: a question with computed answers, an exercise.
"""

from ._choices import Option as Option
from ._choices import in_words as in_words
from ._choices import options as options
from ._code import Raised as Raised
from ._code import value as value
from ._entry import Difference as Difference
from ._frameworks import FRAMEWORKS as FRAMEWORKS
from ._frameworks import missing as missing
from ._frameworks import version as version
from ._groups import course as course
from ._groups import groups as groups
from ._groups import select as select
from ._groups import topics as topics
from ._groups import touched as touched
from ._measured import Measured as Measured
from ._measured import lessons as lessons
from ._measured import measured as measured
from ._play import Point as Point
from ._play import Table as Table
from ._play import points as points
from ._play import table as table
from ._record import record as record
from ._recordings import Recording as Recording
from ._recordings import decoded as decoded
from ._recordings import digest as digest
from ._recordings import encoded as encoded
from ._recordings import recordings as recordings
from ._registry import entries as entries
from ._registry import find as find
from ._registry import read as read
from ._rules import LEVELS as LEVELS
from ._rules import TOPICS as TOPICS
from ._teaching import Choice as Choice
from ._teaching import Exercise as Exercise
from ._teaching import Matters as Matters
from ._teaching import Play as Play
from ._teaching import Sighting as Sighting
from ._told import Told as Told
from ._told import shown as shown
from ._told import tell as tell
from ._witness import Witness as Witness
from ._witness import equalized as equalized
from ._witness import judge as judge
from ._witness import recall as recall
from ._witness import witness as witness
