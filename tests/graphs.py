"""Small nets that are no trees, made by functions as their users make them."""

from __future__ import annotations

from netspec import (
    BatchNorm,
    Conv2D,
    Dense,
    GlobalAvgPool2D,
    Graph,
    Identity,
    Layer,
    MaxPool2D,
    Node,
    PixelShuffle,
    ReLU,
    Slice,
    Spec,
)


def conv(channels: int, stride: int = 1) -> list[Layer]:
    first = Conv2D(channels, kernel_size=3, stride=stride, padding=1, bias=False)
    return [first, BatchNorm(), ReLU()]


def up(channels: int) -> list[Layer]:
    return [Conv2D(4 * channels, kernel_size=1), PixelShuffle(2)]


def unet_pp(depth: int = 2, width: int = 2) -> Spec:
    """U-Net++ (Zhou et al., 2018): node i, j reads all before it in its row, and the
    one below, enlarged.
    """
    nodes = []
    for column in range(depth + 1):
        for row in range(depth + 1 - column):
            name, channels = f"x{row}_{column}", width * 2**row
            if column:
                below = f"up{row}_{column}"
                nodes.append(
                    Node(below, up(channels), reads=[f"x{row + 1}_{column - 1}"])
                )
                before = [f"x{row}_{j}" for j in range(column)]
                nodes.append(Node(name, conv(channels), reads=[*before, below]))
            elif row:
                shrunk = [MaxPool2D(2), *conv(channels)]
                nodes.append(Node(name, shrunk, reads=[f"x{row - 1}_0"]))
            else:
                nodes.append(Node(name, conv(channels)))
    return Spec("unet_pp", (2, 4, 8), [Graph(nodes), Conv2D(2, kernel_size=1)])


def hrnet(stages: int = 2, width: int = 2) -> Spec:
    """HRNet (Wang et al., 2019) of two resolutions, which are exchanged after every
    stage: one flat graph.
    """
    nodes = [Node("high", conv(width)), Node("low", conv(2 * width, 2), reads=["high"])]
    high, low = "high", "low"
    for stage in range(stages):
        nodes += [
            Node(f"high{stage}", conv(width), reads=[high]),
            Node(f"low{stage}", conv(2 * width), reads=[low]),
            Node(f"up{stage}", up(width), reads=[f"low{stage}"]),
            Node(f"down{stage}", conv(2 * width, 2), reads=[f"high{stage}"]),
        ]
        exchanged = (("high", "up"), ("low", "down"))
        high, low = (f"{name}{stage}_fused" for name, _ in exchanged)
        nodes += [
            Node(
                f"{name}{stage}_fused",
                [ReLU()],
                reads=[f"{name}{stage}", f"{other}{stage}"],
                merge="add",
            )
            for name, other in exchanged
        ]
    last = [
        Node("pooled", [MaxPool2D(2)], reads=[high]),
        Node("head", [GlobalAvgPool2D(), Dense(3)], reads=["pooled", low]),
    ]
    return Spec("hrnet", (2, 8, 6), [Graph([*nodes, *last])])


def res2net(scale: int = 3, width: int = 2) -> Spec:
    """A block of Res2Net (Gao et al., 2019): each part of the channels adds what the
    convolution of the part before it gave.
    """
    channels = scale * width
    nodes = [Node("narrow", [Conv2D(channels, kernel_size=1), BatchNorm(), ReLU()])]
    for i in range(scale):
        part = [Slice(1, start=i * width, stop=(i + 1) * width)]
        nodes.append(Node(f"part{i}", part, reads=["narrow"]))
    outputs = ["part0"]
    for i in range(1, scale):
        reads = [f"part{i}", outputs[-1]][: 2 if i > 1 else 1]
        nodes.append(Node(f"conv{i}", conv(width), reads=reads, merge="add"))
        outputs.append(f"conv{i}")
    wide: list[Layer] = [Conv2D(5, kernel_size=1), BatchNorm()]
    nodes.append(Node("wide", wide, reads=outputs))
    nodes.append(Node("sum", [ReLU()], reads=["wide", "input"], merge="add"))
    tail = [GlobalAvgPool2D(), Dense(3)]
    return Spec("res2net", (5, 6, 5), [Graph(nodes), Identity(), *tail])


GRAPHS = {net.name: net for net in (unet_pp(), hrnet(), res2net())}
