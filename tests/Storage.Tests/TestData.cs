using System.Text;
using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Tests;

/// <summary>Events and commits for tests.</summary>
internal static class TestData
{
    public static readonly DateOnly Day = new(2026, 11, 20);

    public static readonly EventContext Linux = StoredEvents.ParseContext(
        """{"os":"linux","arch":"x64","actor":"human","sdk":"dotnet/1.0.0"}""");

    public static readonly EventContext Ci = StoredEvents.ParseContext("""{"os":"linux","actor":"ci"}""");

    public static long At(DateOnly day, double second = 0) =>
        (long)((day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalMicroseconds + (second * 1_000_000));

    public static Guid Id(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public static EventBatch Add(
        this EventBatch batch,
        long timestamp,
        long install = 0,
        string? subject = null,
        EventContext? context = null,
        Guid? id = null,
        string? metadata = null,
        string type = "command_executed",
        string? version = null,
        bool? success = null,
        float duration = float.NaN,
        long session = 0)
    {
        if (metadata is not null)
        {
            var json = Encoding.UTF8.GetBytes(metadata);
            batch.AppendMetadata(json);
            StoredEvents.AppendValues(batch, json);
        }

        batch.Add(
            id ?? Guid.NewGuid(), timestamp, type, subject, install, session, version, success, duration, context ?? EventContext.None);
        return batch;
    }

    /// <summary>Reserves keys only.</summary>
    public static async Task<bool[]> ReserveKeysAsync(this ICommit commit, IReadOnlyList<BatchKey> keys, DateTimeOffset receivedAt) =>
        (await commit.ReserveAsync(keys, [], [], receivedAt, default)).IsNew;

    /// <summary>Reserves quota only.</summary>
    public static async Task<long[]> ReserveQuotaAsync(this ICommit commit, params QuotaRequest[] quotas) =>
        (await commit.ReserveAsync([], quotas, [], DateTimeOffset.UnixEpoch, default)).Granted;

    /// <summary>Events every <paramref name="step"/> seconds, from <paramref name="installs"/> installs in turn.</summary>
    public static EventBatch Batch(int count, DateOnly day, int installs = 10, double from = 0, double step = 1)
    {
        var batch = new EventBatch();
        for (var i = 0; i < count; i++)
        {
            batch.Add(
                At(day, from + (i * step)),
                (i % installs) + 1,
                i % 3 == 0 ? "build" : "test",
                i % 2 == 0 ? Linux : Ci,
                metadata: i % 4 == 0 ? null : $$"""{"target":"t{{i % 5}}"}""",
                version: i % 7 == 0 ? null : "1.2.0",
                success: i % 5 == 0 ? null : i % 3 != 0,
                duration: i % 6 == 0 ? float.NaN : i,
                session: i % 8 == 0 ? 0 : i);
        }

        return batch;
    }

    /// <summary>Adds installs and returns which are new.</summary>
    public static async Task<bool[]> AddNewInstallsAsync(this ICommit commit, params SeenInstall[] installs) =>
        [.. (await commit.AddInstallsAsync(installs, default)).Select(change => change is { IsEarlier: true, MovedFrom: null })];

    public static RollupDelta Delta(Guid project, DateOnly day, string data, DataEnvironment environment = DataEnvironment.Live) =>
        new(Guid.CreateVersion7(), project, environment, day, Encoding.UTF8.GetBytes(data));

    public static async Task CommitAsync(this IStore store, Guid project, EventBatch? events = null, params RollupDelta[] deltas)
    {
        await using var commit = await store.Commits.BeginAsync(CancellationToken.None);
        CommitEvents[] written = events is null ? [] : [new CommitEvents(project, DataEnvironment.Live, [events])];
        await commit.WriteAndCommitAsync(written, deltas, CancellationToken.None);
    }

    public static EventQuery Everything(Guid project, DataEnvironment environment = DataEnvironment.Live) =>
        new(project, environment, long.MinValue, long.MaxValue);

    /// <summary>Each event as one line of text, so that two sets of events can be compared.</summary>
    public static async Task<List<string>> LinesAsync(this IStore store, EventQuery query)
    {
        List<string> lines = [];
        await foreach (var batch in store.Events.ScanAsync(query, CancellationToken.None))
            lines.AddRange(batch.Lines());
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public static IEnumerable<string> Lines(this EventBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var (start, length) = batch.ValuesOf(i).GetOffsetAndLength(batch.Value.Length);
            var values = string.Join(',', Enumerable.Range(start, length).Select(v => $"{batch.ValueKey[v]}={batch.Value[v]}"));
            yield return string.Join(
                '|',
                batch.Timestamp[i],
                batch.EventId[i],
                batch.Type[i],
                batch.Subject[i],
                batch.Install[i],
                batch.Session[i],
                batch.Version[i],
                batch.Success[i],
                batch.DurationMs[i],
                batch.Context[i].Json,
                Encoding.UTF8.GetString(batch.Metadata(i).Span),
                values);
        }
    }

    public static string Text(this ReadOnlyMemory<byte>? data) => data is { } some ? Encoding.UTF8.GetString(some.Span) : "";

    /// <summary>A fold whose result is independent of the order of the parts: it sorts them.</summary>
    public static byte[] Fold(IReadOnlyList<ReadOnlyMemory<byte>> parts) =>
        Encoding.UTF8.GetBytes(string.Join(
            ' ', parts.SelectMany(part => Encoding.UTF8.GetString(part.Span).Split(' ')).Order(StringComparer.Ordinal)));

    /// <summary>A rebuild whose result contains the numbers of events and of new installs.</summary>
    public static async ValueTask<byte[]> CountRebuild(IAsyncEnumerable<EventBatch> events, long newInstalls)
    {
        var count = 0;
        await foreach (var batch in events)
            count += batch.Count;
        return Encoding.UTF8.GetBytes($"events={count},new={newInstalls}");
    }
}
