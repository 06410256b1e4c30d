"""Sound, text and series, by convolutions and recurrent layers."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.importing.architectures.net import Net


class WaveNet(nn.Module):
    """Gated dilated convolutions that see what came before, and a sum of skips."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.causal = nn.Conv1d(1, channels, 2)
        self.filters = nn.ModuleList(
            nn.Conv1d(channels, channels, 2, dilation=2**i) for i in range(2)
        )
        self.gates = nn.ModuleList(
            nn.Conv1d(channels, channels, 2, dilation=2**i) for i in range(2)
        )
        self.skips = nn.ModuleList(nn.Conv1d(channels, 4, 1) for _ in range(2))
        self.residual = nn.Conv1d(channels, channels, 1)
        self.end = nn.Conv1d(4, 5, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.causal(F.pad(x, (1, 0)))
        skip = None
        for i, (filter_, gate) in enumerate(zip(self.filters, self.gates, strict=True)):
            padded = F.pad(x, (2**i, 0))
            y = torch.tanh(filter_(padded)) * torch.sigmoid(gate(padded))
            part = self.skips[i](y)
            skip = part if skip is None else skip + part
            x = x + self.residual(y) if i == 0 else x
        assert skip is not None
        return F.log_softmax(self.end(F.relu(skip)), dim=1)


class Chomp1d(nn.Module):
    def __init__(self, chomp_size: int) -> None:
        super().__init__()
        self.chomp_size = chomp_size

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :, : -self.chomp_size].contiguous()


class TemporalBlock(nn.Module):
    """Of a TCN."""

    def __init__(self, before: int, after: int, dilation: int = 2) -> None:
        super().__init__()
        padding = 2 * dilation
        self.net = nn.Sequential(
            nn.Conv1d(before, after, 3, padding=padding, dilation=dilation),
            Chomp1d(padding),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Conv1d(after, after, 3, padding=padding, dilation=dilation),
            Chomp1d(padding),
            nn.ReLU(),
        )
        self.downsample = nn.Conv1d(before, after, 1)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.net(x) + self.downsample(x))


class TextCNN(nn.Module):
    """Kim's: windows of several widths over words, and the largest of each."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(11, 4)
        self.convs = nn.ModuleList(nn.Conv1d(4, 3, k) for k in (2, 3))
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(6, 2)

    def forward(self, text: Tensor) -> Tensor:
        embedded = self.embedding(text).permute(0, 2, 1)
        held = [F.relu(conv(embedded)) for conv in self.convs]
        pooled = [F.max_pool1d(one, one.shape[2]).squeeze(2) for one in held]
        return self.fc(self.dropout(torch.cat(pooled, dim=1)))


class LanguageModel(nn.Module):
    """Of words, by an LSTM; what reads words is what names them."""

    def __init__(self) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.5)
        self.encoder = nn.Embedding(9, 4)
        self.rnn = nn.LSTM(4, 4, 2, dropout=0.5, batch_first=True)
        self.decoder = nn.Linear(4, 9)
        self.decoder.weight = self.encoder.weight

    def forward(self, words: Tensor) -> Tensor:
        output, _ = self.rnn(self.drop(self.encoder(words)))
        return F.log_softmax(self.decoder(self.drop(output)), dim=-1)


class BiLSTM(nn.Module):
    """A classifier of sentences: the last state forward, and the first backward."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(9, 3)
        self.lstm = nn.LSTM(3, 4, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(self.embedding(x))
        return self.fc(torch.cat([out[:, -1, :4], out[:, 0, 4:]], dim=1))


class Tagger(nn.Module):
    """A tag for each word, by a GRU."""

    def __init__(self) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(9, 4)
        self.gru = nn.GRU(4, 5, batch_first=True)
        self.hidden2tag = nn.Linear(5, 3)

    def forward(self, sentence: Tensor) -> Tensor:
        out, _ = self.gru(self.word_embeddings(sentence))
        return F.log_softmax(self.hidden2tag(out), dim=2)


class CRNN(nn.Module):
    """Of letters in a picture: columns of convolutions, read by recurrent layers."""

    def __init__(self) -> None:
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 4, 3, 1, 1), nn.ReLU(True), nn.MaxPool2d((4, 1))
        )
        self.rnn = nn.RNN(4, 3, batch_first=True, bidirectional=True)
        self.embedding = nn.Linear(6, 5)

    def forward(self, x: Tensor) -> Tensor:
        conv = self.cnn(x).squeeze(2).permute(0, 2, 1)
        return self.embedding(self.rnn(conv)[0])


NETS = {
    "WaveNet": Net(WaveNet, (1, 7)),
    "TCN": Net(lambda: TemporalBlock(2, 3), (2, 8)),
    "TextCNN": Net(TextCNN, (6,), vocabulary=11),
    "LSTM language model": Net(LanguageModel, (4,), vocabulary=9),
    "BiLSTM": Net(BiLSTM, (4,), vocabulary=9),
    "GRU tagger": Net(Tagger, (4,), vocabulary=9),
    "CRNN": Net(CRNN, (1, 4, 5)),
}
