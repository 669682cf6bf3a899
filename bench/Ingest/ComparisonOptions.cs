using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <param name="Storage">The store of the events.</param>
/// <param name="Batch">Events of a request.</param>
/// <param name="Connections">Connections.</param>
/// <param name="Seconds">The duration of each contender's run in a round.</param>
/// <param name="Rounds">Rounds.</param>
/// <param name="Mixed">Whether each event of a batch has its own install.</param>
internal sealed record ComparisonOptions(StorageKind Storage, int Batch, int Connections, double Seconds, int Rounds, bool Mixed);
