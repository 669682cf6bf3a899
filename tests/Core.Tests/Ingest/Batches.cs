using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Ingest;

/// <summary>Creates batches like those of the parser.</summary>
internal static class Batches
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero);

    public static Project Project(long? quota = null, Guid? tenant = null) =>
        new(new(tenant ?? Guid.CreateVersion7(), Guid.CreateVersion7()), "tool", new byte[32], quota, null);

    public static PendingBatch Batch(
        Project project,
        int events,
        Guid? batchId = null,
        DataEnvironment environment = DataEnvironment.Live,
        params Guid[] eventIds)
    {
        var parsed = new ParsedBatch { BatchId = batchId, Received = events };
        for (var i = 0; i < events; i++)
        {
            var hasId = i < eventIds.Length;
            var timestamp = Now.ToUnixTimeMilliseconds() * 1_000;
            parsed.Events.Add(
                hasId ? eventIds[i] : Guid.CreateVersion7(),
                timestamp,
                "command_executed",
                "build",
                install: i + 1,
                session: 1,
                "1.0.0",
                true,
                12,
                EventContext.None);
            parsed.Accept(i, hasId);
        }

        return new(project, environment, parsed);
    }
}
