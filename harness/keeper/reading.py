"""A keeper's metrics as the screen reads them: samples of one chain, sums and quantiles of them."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from urllib.error import HTTPError
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from harness.errors import MillraceError
from harness.node import redact

PATIENCE = 3.0
"""Seconds that an endpoint may take."""

PREFIX = "millrace_"
LARGEST = 16 * 1024**2
"""Bytes that are read of an answer."""

Labels = frozenset[tuple[str, str]]


class EndpointError(MillraceError):
    """A metrics endpoint does not answer, or not with metrics; names its host alone."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The metrics of one chain at one moment.

    Attributes:
        samples: Values by name without `millrace_`, and by labels without the chain.
    """

    samples: Mapping[str, Mapping[Labels, float]]

    def sum(self, name: str, **labels: str) -> float:
        """Return the sum of all samples that have these labels; 0 where there is none."""
        wanted = labels.items()
        return sum(value for found, value in self.samples.get(name, {}).items() if wanted <= dict(found).items())

    def value(self, name: str) -> float | None:
        """Return the sample without further labels, or None."""
        return self.samples.get(name, {}).get(frozenset())

    def by(self, name: str, label: str) -> dict[str, float]:
        """Return sums by the values of a label, those above zero, the largest first."""
        sums: dict[str, float] = defaultdict(float)
        for labels, value in self.samples.get(name, {}).items():
            sums[dict(labels).get(label, "")] += value
        return dict(sorted(((key, value) for key, value in sums.items() if value > 0), key=lambda pair: -pair[1]))

    def quantile(self, name: str, share: float) -> float | None:
        """Return the value that a share of a histogram's observations does not exceed, as Prometheus estimates it.

        Between the ends of a bucket it is interpolated; beyond the last finite end it is that end.
        """
        ends: dict[float, float] = defaultdict(float)
        for labels, count in self.samples.get(f"{name}_bucket", {}).items():
            ends[float(dict(labels)["le"])] += count
        buckets = [(0.0, 0.0), *sorted(ends.items())]
        wanted = share * buckets[-1][1]
        if not wanted:
            return None
        for (low, before), (high, upto) in pairwise(buckets):
            if upto >= wanted:
                return low if math.isinf(high) else low + (high - low) * (wanted - before) / (upto - before)
        return None


def read(text: str) -> dict[str, Reading]:
    """Read metrics as an endpoint shows them; return those of each chain.

    Raises:
        ValueError: They are none.
    """
    samples: dict[str, dict[str, dict[Labels, float]]] = defaultdict(lambda: defaultdict(dict))
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            chain = sample.labels.get("chain")
            if chain is not None and sample.name.startswith(PREFIX):
                labels = frozenset(sample.labels.items() - {("chain", chain)})
                samples[chain][sample.name.removeprefix(PREFIX)][labels] = sample.value
    return {chain: Reading(found) for chain, found in sorted(samples.items())}


def fetch(url: str) -> dict[str, Reading]:
    """Ask an endpoint.

    Raises:
        EndpointError: It does not answer, or not with a keeper's metrics.
    """
    try:
        with urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - the command has refused other schemes
            found = read(answer.read(LARGEST).decode())
    except HTTPError as error:
        failure = f"answers HTTP {error.code}"
    except OSError as error:
        failure = f"does not answer ({type(getattr(error, 'reason', error)).__name__})"
    except Exception:  # whatever is no HTTP or no metrics
        failure = "does not answer with metrics"
    else:
        if found:
            return found
        failure = "shows no chain of a keeper"
    raise EndpointError(f"{redact(url)} {failure}; is the keeper running, and its [metrics] there?")
