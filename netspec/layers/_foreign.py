"""Names that other frameworks have for layers and fields, so that errors can translate.

A name that is close in spelling may be far in meaning: what is here comes first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from netspec.layers._elsewhere import named

# Names of fields in netspec, of which a layer has one, by names elsewhere
FIELDS: Mapping[str, tuple[str, ...]] = {
    "adj": ("output_padding",),
    "alpha": ("slope",),
    "dim": ("axis", "axes"),
    "dims": ("axes",),
    "dilate": ("dilation",),
    "dilation_rate": ("dilation",),
    "dilations": ("dilation",),
    "dropout_rate": ("dropout", "rate"),
    "embedding_dim": ("dim",),
    "epsilon": ("eps",),
    "feature_group_count": ("groups",),
    "features": ("units", "channels", "dim"),
    "filters": ("channels",),
    "hidden_features": ("units",),
    "hidden_size": ("units",),
    "input_dim": ("vocabulary",),
    "linear_before_reset": ("reset_after",),
    "lambda": ("lambd",),
    "max_val": ("high",),
    "max_value": ("high",),
    "min_val": ("low",),
    "min_value": ("low",),
    "interpolation": ("mode",),
    "kernel": ("kernel_size",),
    "kernel_dilation": ("dilation",),
    "kernel_initializer": ("init",),
    "kernel_shape": ("kernel_size",),
    "knorm": ("k",),
    "is_causal": ("causal",),
    "key_dim": ("head_dim",),
    "negative_slope": ("slope",),
    "nonlinearity": ("activation",),
    "normalized_shape": ("axes",),
    "nsize": ("size",),
    "num_embeddings": ("vocabulary",),
    "num_filter": ("channels",),
    "num_group": ("groups",),
    "num_groups": ("groups",),
    "num_heads": ("heads",),
    "num_key_value_heads": ("key_heads",),
    "num_kv_heads": ("key_heads",),
    "out_channels": ("channels",),
    "out_features": ("units",),
    "output_dim": ("dim",),
    "output_size": ("size",),
    "p": ("rate",),
    "pad": ("padding",),
    "pads": ("padding",),
    "downscale_factor": ("factor",),
    "upscale_factor": ("factor",),
    "pool_size": ("kernel_size",),
    "scale_factor": ("scale",),
    "recurrent_initializer": ("init",),
    "rope_theta": ("rotary",),
    "state_size": ("units",),
    "sliding_window": ("window",),
    "strides": ("stride",),
    "theta": ("threshold",),
    "use_bias": ("bias", "center"),
    "use_scale": ("scale",),
    "weight_initializer": ("init",),
    "window_shape": ("kernel_size",),
    "window_strides": ("stride",),
}

# What is said in place of a field
REMARKS: Mapping[str, str] = {
    "activation": "put a layer such as ReLU after it",
    "affine": "give scale and center",
    "data_format": "channels come first, here and in every backend",
    "elementwise_affine": "give scale and center",
    "embed_dim": "it follows from the input",
    "in_channels": "it follows from the input",
    "in_features": "it follows from the input",
    "in_units": "it follows from the input",
    "input_size": "it follows from the input",
    "layout": "channels come first, here and in every backend",
    "return_sequences": "all positions are the output; Select(1, -1) takes the last",
    "track_running_stats": "statistics='batch' keeps none",
    "transpose_kernel": "the kernel is that of the convolution that is transposed",
    "use_global_stats": "give statistics='frozen'",
}

# The same of layers that have a certain field
WITH: Mapping[tuple[str, str], str] = {
    ("axis", "eps"): "the channels are axis 1",
    ("activation", "direction"): "gates are sigmoids, candidates tanh",
    ("batch_first", "direction"): "the batch is axis 0, positions are axis 1",
    ("bidirectional", "direction"): "here it is direction='both'",
    ("go_backwards", "direction"): "here it is direction='reverse'",
    ("layout", "direction"): "the batch is axis 0, positions are axis 1",
    ("num_layers", "direction"): "put one layer after another",
    ("recurrent_activation", "direction"): "gates are sigmoids",
    ("use_bias", "direction"): "here it is bias, and recurrent_bias for the second",
    ("keep_prob", "rate"): "here it is rate = 1 - keep_prob",
    ("momentum", "decay"): "here it is decay, the weight of the old value:"
    " decay = 1 - momentum (PyTorch), momentum (Gluon, Keras, Flax); netspec explain"
    " batchnorm-momentum",
}

# How constructors that take more by position, sizes of the input first, are written
CALLS: Mapping[str, str] = {
    "BatchNorm": "PyTorch's nn.BatchNorm2d(features) is BatchNorm()",
    "Conv1D": "PyTorch's nn.Conv1d(in, out, kernel) is Conv1D(out, kernel)",
    "Conv2D": "PyTorch's nn.Conv2d(in, out, kernel) is Conv2D(out, kernel)",
    "Dense": "PyTorch's nn.Linear(in, out) is Dense(out)",
    "GroupNorm": "PyTorch's nn.GroupNorm(groups, channels) is GroupNorm(groups)",
    "LayerNorm": "PyTorch's nn.LayerNorm(sizes) is LayerNorm(axes=len(sizes))",
}

# Layers that `elsewhere` does not know by a name, or of which more is to be said
LAYERS: Mapping[str, str] = {
    "Activation": "a layer of the name of the function, such as ReLU",
    "Add": "Parallel with merge 'add', or Residual",
    "DropPath": "StochasticDepth",
    "Dropout1d": "ChannelDropout",
    "Dropout3d": "ChannelDropout",
    "Convolution": "Conv2D",
    "ConvTranspose": "ConvTranspose2D of images",
    "Deconvolution": "ConvTranspose2D",
    "DepthToSpace": "PixelShuffle where its mode is CRD",
    "FullyConnected": "Dense",
    "GroupQueryAttention": "MultiHeadAttention with key_heads",
    "HardSiLU": "HardSwish",
    "InnerProduct": "Dense",
    "Input": "the input_shape of the spec",
    "InputLayer": "the input_shape of the spec",
    "LayerScale": "Scale with an init near 0",
    "Maximum": "Parallel with merge 'maximum'",
    "MatMul": "Parallel with merge 'matmul'",
    "Multiply": "Parallel with merge 'multiply'",
    "PixelShuffle2D": "PixelShuffle",
    "SpatialDropout1D": "ChannelDropout",
    "SpatialDropout3D": "ChannelDropout",
    "PositionalEncoding": "SinusoidalPosition",
    "Subtract": "Parallel with merge 'subtract'",
    "ThresholdedReLU": "Threshold with value 0",
    "Bidirectional": "LSTM (or GRU, or RNN) with direction 'both'",
    "GRUCell": "GRU",
    "LSTMCell": "LSTM",
    "OptimizedLSTMCell": "LSTM",
    "RNNCell": "RNN",
    "SimpleCell": "RNN",
    "SimpleRNN": "RNN",
    "BilinearResize2D": "Upsample2D with mode 'linear'",
    "Interpolate": "Upsample2D",
    "Resize": "Upsample2D",
    "Resizing": "Upsample2D",
    "Upsample": "Upsample2D of images, Upsample1D and Upsample3D of others",
    "UpsamplingBilinear2d": "Upsample2D with mode 'linear' and align_corners true",
    "UpsamplingNearest2d": "Upsample2D",
    "ReflectionPad2D": "Pad2D with mode 'reflect'",
    "ReplicationPad2d": "Pad2D with mode 'replicate'",
    "ZeroPad2d": "Pad2D",
}

# Names, or how they begin, of layers that netspec does not have
ABSENT = (
    *("AlphaDropout", "Attention", "ConvLSTM", "GaussianNoise", "Lambda"),
    *("Transformer",),
)
GUIDE = "'Add a layer' in README.md shows how to make one"


def of_field(name: object, fields: Collection[str]) -> str:
    """Translate a field that a layer does not have; empty if that is not known."""
    if not isinstance(name, str):
        return ""
    found = [own for own in FIELDS.get(name, ()) if own in fields]
    if found:
        return f"; here it is {found[0]}"
    said = [WITH[name, own] for own in fields if (name, own) in WITH]
    said += [REMARKS[name]] if name in REMARKS else []
    return f"; {said[0]}" if said else ""


def of_layer(name: object) -> str:
    """Translate a layer that is not registered; empty if that is not known."""
    if not isinstance(name, str):
        return ""
    known = {other.lower(): own for other, own in LAYERS.items()}
    if name.lower() in known:
        return f"; here it is {known[name.lower()]}"
    theirs, ours = named(name)
    if ours and name.lower() not in map(str.lower, ours):
        return f"; {theirs} is {' or '.join(ours)} here"
    return f"; there is none here, but {GUIDE}" if name.startswith(ABSENT) else ""


def meant(name: str) -> list[str]:
    """List our layers that a name elsewhere stands for; none if that is not known."""
    known = {other.lower(): own.split()[0] for other, own in LAYERS.items()}
    return [known[name.lower()]] if name.lower() in known else named(name)[1]


def of_call(kind: str) -> str:
    """Say how another constructor of a layer is written here; empty if not known."""
    return f"; {CALLS[kind]}" if kind in CALLS else ""
