using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>The store alone: the same rows in transactions of the same size as the server's.</summary>
internal sealed class Limit(BenchDatabase database, StorageKind storage, int batch, Func<int> eventsPerCommit) : Contender(database)
{
    public override string Name => "limit";

    public override Task StartAsync() => Task.CompletedTask;

    public override async Task<Footprint> FinishAsync()
    {
        Expect(await LimitWriter.CountAsync(storage, Database.Target));
        var table = storage == StorageKind.Postgres ? "event_batches" : "event_rows";
        var (events, others) = await Database.SizeAsync(table, "telemetrykit.db");
        return new Footprint(double.NaN, events / (double)Acknowledged, others / (double)Acknowledged);
    }

    protected override Task<LoadResult> LoadAsync(double seconds, int seed) =>
        LoadProcess.RunAsync(
            "limit", "--storage", storage, "--database", Database.Target, "--batch", batch, "--group", eventsPerCommit(),
            "--seconds", seconds, "--seed", seed);
}
