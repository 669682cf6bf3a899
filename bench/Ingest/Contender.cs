using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>One of the three that are compared, with a database of its own.</summary>
internal abstract class Contender(BenchDatabase database) : IAsyncDisposable
{
    /// <summary>How it is called in the report.</summary>
    public abstract string Name { get; }

    /// <summary>Events that it acknowledged so far.</summary>
    public long Acknowledged { get; private set; }

    protected BenchDatabase Database { get; } = database;

    /// <summary>The process that is measured; 0 where each run has its own.</summary>
    protected virtual int ProcessId => 0;

    public abstract Task StartAsync();

    /// <summary>Lets it work for some seconds and measures it, whatever it does meanwhile in the background included.</summary>
    public async Task<Measurement> MeasureAsync(double seconds, int seed)
    {
        var (server, store) = Cpu();
        var load = await LoadAsync(seconds, seed);
        var (serverAfter, storeAfter) = Cpu();
        if (load.Refused > 0 || load.Accepted != load.Sent)
            throw new InvalidOperationException($"{Name} counted {load.Accepted} of {load.Sent} events and refused {load.Refused} requests: {load.FirstRefusal}");
        Acknowledged += load.Accepted;
        var millions = load.Accepted / 1e6;
        // Where each run is a process of its own, what it used itself is what its server used.
        return new Measurement(
            load.EventsPerSecond, load.P50Ms, load.P99Ms, (ProcessId == 0 ? load.CpuSeconds : serverAfter - server) / millions, (storeAfter - store) / millions);
    }

    /// <summary>Stops everything of it where it stands, so that it takes nothing from the others, or lets it go on: its background work falls into its own rounds.</summary>
    public void Pause(bool pause)
    {
        if (ProcessId != 0)
            ProcessTree.Pause(ProcessId, pause);
        if (Database.ProcessId != 0)
            ProcessTree.Pause(Database.ProcessId, pause);
    }

    /// <summary>Checks that what was acknowledged is there, lets compaction end and weighs what is on disk.</summary>
    public abstract Task<Footprint> FinishAsync();

    public virtual ValueTask DisposeAsync() => Database.DisposeAsync();

    protected abstract Task<LoadResult> LoadAsync(double seconds, int seed);

    protected void Expect(long stored)
    {
        if (stored != Acknowledged)
            throw new InvalidOperationException($"{Name} acknowledged {Acknowledged} events and has {stored}.");
    }

    private (double Server, double Store) Cpu() =>
        (ProcessId == 0 ? 0 : ProcessTree.CpuSeconds(ProcessId), Database.ProcessId == 0 ? 0 : ProcessTree.CpuSeconds(Database.ProcessId));
}

/// <summary>One round of one contender.</summary>
/// <param name="EventsPerSecond">Acknowledged.</param>
/// <param name="P50Ms">Median time of a request (of a transaction for the limit).</param>
/// <param name="P99Ms">99th percentile, likewise.</param>
/// <param name="ServerCpu">Processor seconds of the server for a million events.</param>
/// <param name="DatabaseCpu">Processor seconds of the database for a million events; 0 where it is in the server.</param>
internal sealed record Measurement(double EventsPerSecond, double P50Ms, double P99Ms, double ServerCpu, double DatabaseCpu);

/// <summary>What a contender takes.</summary>
/// <param name="PeakMemoryMiB">The most memory its server had resident; NaN for the limit.</param>
/// <param name="EventBytes">Bytes on disk of events with their indexes, for each event.</param>
/// <param name="OtherBytes">Bytes on disk of everything else, for each event.</param>
internal sealed record Footprint(double PeakMemoryMiB, double EventBytes, double OtherBytes);
