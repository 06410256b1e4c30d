"""What is known of operations of ONNX that become no layer, by their names there."""

# What these give is what they are given, under another shape
VIEWS = ("Expand", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze")
# These give as many values as what they are given has together, or fewer
SAFE = frozenset(
    (
        *("Abs", "Cast", "CastLike", "Ceil", "Compress", "Concat", "Constant"),
        *("Cos", "Exp", "Floor", "GatherElements", "GatherND", "Log", "Neg", "Not"),
        *("Reciprocal", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin"),
        *("ReduceProd", "ReduceSum", "Round", "ScatterElements", "ScatterND", "Shape"),
        *("Sigmoid", "Sign", "Sin", "Size", "Slice", "Softmax", "Split", "Sqrt"),
        *("Tanh", "Transpose", "Trilu"),
        *(name for name in VIEWS if name != "Expand"),
    )
)
FITTED = frozenset(
    (
        *("Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less"),
        *("LessOrEqual", "Max", "Min", "Mod", "Mul", "Or", "Pow", "Sub", "Where"),
    )
)
