using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>The store alone: the same rows in transactions of the same size as the server's.</summary>
internal sealed class Limit(BenchDatabase database, ComparisonOptions options, Func<int> eventsPerCommit) : Contender(database)
{
    public override string Name => "limit";

    public override Task StartAsync() => Task.CompletedTask;

    public override async Task<Footprint> FinishAsync()
    {
        Expect(await LimitWriter.CountAsync(options.Storage, Database.Target));
        var table = options.Storage == StorageKind.Postgres ? "event_batches" : "event_rows";
        var (events, others) = await Database.SizeAsync(table, "telemetrykit.db");
        return new Footprint(double.NaN, events / (double)Acknowledged, others / (double)Acknowledged);
    }

    protected override Task<LoadResult> LoadAsync(double seconds, int seed) =>
        LoadProcess.RunAsync(
            "limit", "--storage", options.Storage, "--database", Database.Target, "--batch", options.Batch,
            "--group", eventsPerCommit(), "--seconds", seconds, "--seed", seed, "--mixed", options.Mixed);
}
