using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <param name="Servers">The assemblies to start, in turns; several of them are compared.</param>
/// <param name="Storage">The store of the events.</param>
/// <param name="Batch">Events of a request.</param>
/// <param name="Connections">Connections.</param>
/// <param name="Starts">Fresh starts of each server; the medians are reported.</param>
/// <param name="WarmUp">The seconds of load between the first seconds and the warm ones.</param>
/// <param name="Mixed">Whether each event of a batch has its own install.</param>
internal sealed record ColdStartOptions(
    IReadOnlyList<string> Servers, StorageKind Storage, int Batch, int Connections, int Starts, double WarmUp, bool Mixed);
