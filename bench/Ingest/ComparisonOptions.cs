using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <param name="Storage">Where events are stored.</param>
/// <param name="Batch">Events of a request.</param>
/// <param name="Connections">Connections.</param>
/// <param name="Seconds">How long each contender runs in a round.</param>
/// <param name="Rounds">Rounds.</param>
internal sealed record ComparisonOptions(StorageKind Storage, int Batch, int Connections, double Seconds, int Rounds);
