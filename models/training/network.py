"""The network: one grey line of the zone in, one class per column out."""

import torch
from torch import nn

from models.mrz_layout import ALPHABET

CLASSES = len(ALPHABET) + 1
"""The 37 characters, then the blank."""


class Residual(nn.Module):
    """Two convolutions along the line, added to what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(width, width, 5, padding=2, bias=False),
            nn.BatchNorm1d(width),
            nn.ReLU(inplace=True),
            nn.Conv1d(width, width, 5, padding=2, bias=False),
            nn.BatchNorm1d(width),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, width, columns) -> the same shape."""
        return torch.relu(x + self.body(x))


def _conv(before: int, after: int, stride: int = 1) -> list[nn.Module]:
    return [
        nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    ]


class LineReader(nn.Module):
    """About 370 thousand parameters; (batch, 1, 32, 640) grey 0 to 255 -> (batch, 160, 38) log-probabilities.

    Brightness and contrast are taken out inside the network, so that its file is all that a reader needs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.eyes = nn.Sequential(
            nn.Conv2d(1, 32, 6, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(inplace=True),
            *_conv(32, 56, stride=2),
            *_conv(56, 64),
            nn.MaxPool2d((2, 1)),
            *_conv(64, 96),
            nn.MaxPool2d((2, 1)),
        )
        self.fold = nn.Sequential(nn.Conv1d(192, 108, 1, bias=False), nn.BatchNorm1d(108), nn.ReLU(inplace=True))
        self.line = nn.Sequential(Residual(108), Residual(108))
        self.head = nn.Conv1d(108, CLASSES, 1)

    def forward(self, strip: torch.Tensor) -> torch.Tensor:
        """(batch, 1, 32, 640) grey 0 to 255 -> (batch, 160, 38) log-probabilities."""
        mean = strip.mean(dim=(2, 3), keepdim=True)
        spread = ((strip - mean) ** 2).mean(dim=(2, 3), keepdim=True)
        seen = self.eyes((strip - mean) / torch.sqrt(spread + 16.0))
        columns = self.fold(seen.flatten(1, 2))
        return torch.log_softmax(self.head(self.line(columns)).transpose(1, 2), dim=2)


def parameters(net: nn.Module) -> int:
    """How many numbers the network learns."""
    return sum(p.numel() for p in net.parameters())
