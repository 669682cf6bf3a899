using System.Diagnostics;
using System.Text.Json;
using TelemetryKit.Bench.Support;
using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage;

namespace TelemetryKit.Bench.Ingest;

/// <summary>
/// Writes the same rows as the server, in the same transactions and with as many connections, and does nothing else: no HTTP, no JSON, no
/// batch keys, no quota, no counters. This is the limit of the store.
/// </summary>
internal static class LimitWriter
{
    private const int PreparedGroups = 8;
    private static readonly Guid ProjectId = new("01900000-0000-7000-8000-000000000001");

    public static async Task<LoadResult> RunAsync(
        StorageKind storage, string database, int batch, int group, double seconds, int seed, bool mixed)
    {
        await using var store = Open(storage, database);
        await store.MigrateAsync(CancellationToken.None);
        var run = new Run(store, seconds + LoadProcess.WarmUpSeconds);
        await Task.WhenAll(Enumerable.Range(0, Core.Limits.CommitLoops).Select(loop =>
        {
            var random = new Random(HashCode.Combine(seed, loop));
            var groups = Enumerable.Range(0, PreparedGroups).Select(_ => Prepare(batch, group, random, mixed)).ToArray();
            return Task.Run(() => run.LoopAsync(groups, random));
        }));
        return run.Result();
    }

    public static async Task<long> CountAsync(StorageKind storage, string database)
    {
        await using var store = Open(storage, database);
        long count = 0;
        var all = new EventQuery(ProjectId, DataEnvironment.Live, 0, long.MaxValue / 2);
        await foreach (var batch in store.Events.ScanAsync(all, CancellationToken.None))
            count += batch.Count;
        return count;
    }

    private static IStore Open(StorageKind storage, string database) => StoreFactory.Create(
        storage == StorageKind.Postgres
            ? new StorageOptions { PostgresConnectionString = database, Secrets = BenchDatabase.Secrets }
            : new StorageOptions { DataFolder = database, Secrets = BenchDatabase.Secrets },
        TimeProvider.System);

    /// <summary>Prepares a commit's events as columns: as many batches as in the server's commits.</summary>
    private static EventBatch[] Prepare(int batch, int group, Random random, bool mixed)
    {
        List<EventBatch> batches = [];
        for (var events = 0; events < group; events += batch)
            batches.Add(PrepareBatch(Math.Min(batch, group - events), random, mixed));
        return [.. batches];
    }

    private static EventBatch PrepareBatch(int events, Random random, bool mixed)
    {
        var body = RequestBody.Make(events, random);
        var bytes = new byte[body.Length];
        var now = DateTimeOffset.UtcNow;
        body.Write(bytes, random, now, now);
        using var json = JsonDocument.Parse(bytes);
        var root = json.RootElement;
        var sent = root.GetProperty("context");
        var context = new EventContext(null, null, null, sent.GetProperty("actor").GetString(), null, sent.GetRawText());
        var (install, session) = (random.NextInt64(), random.NextInt64());
        var batch = new EventBatch(events);
        foreach (var e in root.GetProperty("events").EnumerateArray())
        {
            // The subject is removed from the metadata, as in the server.
            var metadata = e.GetProperty("metadata").EnumerateObject()
                .Where(p => p.Name != "command")
                .ToDictionary(p => p.Name, p => p.Value);
            if (mixed)
                (install, session) = (random.NextInt64(), random.NextInt64());
            batch.AppendMetadata(JsonSerializer.SerializeToUtf8Bytes(metadata));
            batch.Add(
                e.GetProperty("event_id").GetGuid(), 0, "command_executed",
                e.GetProperty("metadata").GetProperty("command").GetString(), install, session,
                root.GetProperty("service_version").GetString(), e.GetProperty("success").GetBoolean(),
                e.GetProperty("duration_ms").GetSingle(), context);
        }

        return batch;
    }

    private sealed class Run(IStore store, double seconds)
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private readonly List<float> _latencies = [];
        private long _written;
        private long _writtenAfterWarmUp;
        private double _end;

        public async Task LoopAsync(EventBatch[][] groups, Random random)
        {
            List<float> latencies = [];
            long written = 0, afterWarmUp = 0;
            while (Elapsed() < seconds)
            {
                var group = groups[random.Next(groups.Length)];
                foreach (var batch in group)
                    Renew(batch, random);
                var before = Elapsed();
                await using (var commit = await store.Commits.BeginAsync(CancellationToken.None))
                {
                    await commit.WriteAndCommitAsync(
                        [new CommitEvents(ProjectId, DataEnvironment.Live, group)], [], CancellationToken.None);
                }

                var after = Elapsed();
                var events = group.Sum(b => b.Count);
                written += events;
                if (before < LoadProcess.WarmUpSeconds)
                    continue;
                afterWarmUp += events;
                latencies.Add((float)((after - before) * 1_000));
            }

            lock (_latencies)
            {
                _latencies.AddRange(latencies);
                _written += written;
                _writtenAfterWarmUp += afterWarmUp;
                _end = Math.Max(_end, Elapsed());
            }
        }

        public LoadResult Result()
        {
            _latencies.Sort();
            return new LoadResult(
                _written, _written, 0, null, _writtenAfterWarmUp / (_end - LoadProcess.WarmUpSeconds),
                Percentiles.Of(_latencies, 0.5), Percentiles.Of(_latencies, 0.99),
                Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds);
        }

        /// <summary>Events are identified by time and id, so the same columns are written with new ones.</summary>
        private static void Renew(EventBatch batch, Random random)
        {
            var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / 10;
            Span<byte> id = stackalloc byte[16];
            for (var i = 0; i < batch.Count; i++)
            {
                random.NextBytes(id);
                batch.EventId[i] = new Guid(id);
                batch.Timestamp[i] = now + (i * 7_000);
            }
        }

        private double Elapsed() => Stopwatch.GetElapsedTime(_start).TotalSeconds;
    }
}
