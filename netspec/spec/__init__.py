"""Hold a model as data: the spec, its shapes and parameters, its files."""

from ._arguments import DTYPES as DTYPES
from ._arguments import check_dtype as check_dtype
from ._arguments import check_memory as check_memory
from ._arguments import check_seed as check_seed
from ._inference import Placed as Placed
from ._inference import PlacedChain as PlacedChain
from ._inference import join_path as join_path
from ._rewrite import map_layers as map_layers
from ._sampling import CHUNK as CHUNK
from ._sampling import draw_into as draw_into
from ._sampling import init_params as init_params
from ._sampling import stream_key as stream_key
from ._schema import json_schema as json_schema
from ._spec import Spec as Spec
from ._spec import load as load
from ._summary import HEADERS as HEADERS
from ._summary import footer as footer
from ._summary import label as label
from ._summary import rows as rows
from ._summary import shape_text as shape_text
from ._summary import title as title
from ._summary import total as total
from ._weights_file import check_params as check_params
from ._weights_file import load_params as load_params
from ._weights_file import save_params as save_params
from ._weights_file import write_params as write_params
