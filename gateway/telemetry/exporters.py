"""Where traces and metrics go: the ``OTEL_*`` environment variables of the OpenTelemetry specification.

What they select is read here, and a wrong selection refused; how the selected exporters work (endpoint,
headers, time-outs, intervals, span limits) the SDK and the exporters read for themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points, version
from typing import Any, Final

from opentelemetry.sdk.metrics.export import MetricExporter, MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import DEFAULT_ON, Sampler

from gateway.settings import SettingsRefused

DISTRIBUTION: Final = "vssid-gateway"
OTLP: Final = {"http/protobuf": "otlp_proto_http", "grpc": "otlp_proto_grpc"}
RATIO_SAMPLERS: Final = ("traceidratio", "parentbased_traceidratio")


@dataclass(frozen=True)
class Exporters:
    """The selected exporters, ready to be handed to a tracer and a meter provider."""

    span_processors: tuple[SpanProcessor, ...]
    metric_readers: tuple[MetricReader, ...]
    sampler: Sampler
    resource: Resource

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Exporters:
        """Make the selected exporters (``OTEL_TRACES_EXPORTER``, ``OTEL_METRICS_EXPORTER``; none when unset).

        Raises :class:`SettingsRefused` with every variable that selects what is not installed.
        """
        problems: list[str] = []
        selected = _Selection(environ, problems)
        spans = selected.exporters("TRACES")
        metrics = selected.exporters("METRICS")
        sampler = selected.sampler()
        if problems:
            raise SettingsRefused(tuple(problems))
        return cls(
            tuple(BatchSpanProcessor(exporter) for exporter in spans),
            tuple(_reader(exporter) for exporter in metrics),
            sampler,
            _resource(environ),
        )


@dataclass(frozen=True)
class _Selection:
    environ: Mapping[str, str]
    problems: list[str]

    def exporters(self, signal: str) -> list[Any]:
        if self._value("OTEL_SDK_DISABLED") == "true":
            return []
        key = f"OTEL_{signal}_EXPORTER"
        names = [name for name in self._value(key).replace(" ", "").split(",") if name not in ("", "none")]
        group = f"opentelemetry_{signal.lower()}_exporter"
        found = [self._load(key, group, self._implementation(signal, name)) for name in names]
        return [exporter() for exporter in found if exporter is not None]

    def sampler(self) -> Sampler:
        name = self._value("OTEL_TRACES_SAMPLER")
        if not name:
            return DEFAULT_ON
        factory = self._load("OTEL_TRACES_SAMPLER", "opentelemetry_traces_sampler", name)
        argument = self.environ.get("OTEL_TRACES_SAMPLER_ARG")
        try:
            made = factory and factory(float(argument or "1") if name in RATIO_SAMPLERS else argument)
        except ValueError:
            self.problems.append("OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1")
            return DEFAULT_ON
        return made if isinstance(made, Sampler) else DEFAULT_ON

    def _implementation(self, signal: str, name: str) -> str:
        if name != "otlp":
            return name
        keys = (f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
        wanted = next((self._value(key) for key in keys if self._value(key)), "http/protobuf")
        return OTLP.get(wanted, wanted)

    def _value(self, key: str) -> str:
        return self.environ.get(key, "").strip().lower()

    def _load(self, key: str, group: str, name: str) -> Any:
        installed = {point.name: point for point in entry_points(group=group)}
        if name in installed:
            return installed[name].load()
        names = ", ".join(sorted(installed))
        self.problems.append(f"{key}: selects what is not installed; installed: {names}")
        return None


def _reader(exporter: MetricExporter | MetricReader) -> MetricReader:
    # An exporter that is asked for its metrics, as Prometheus', is a reader itself.
    return exporter if isinstance(exporter, MetricReader) else PeriodicExportingMetricReader(exporter)


def _resource(environ: Mapping[str, str]) -> Resource:
    described = Resource.create({SERVICE_VERSION: version(DISTRIBUTION)})
    if environ.get("OTEL_SERVICE_NAME") or "service.name=" in environ.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        return described
    return described.merge(Resource({SERVICE_NAME: DISTRIBUTION}))
