using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>One of the three compared programs, with its own database.</summary>
internal abstract class Contender(BenchDatabase database) : IAsyncDisposable
{
    /// <summary>The name in the report.</summary>
    public abstract string Name { get; }

    /// <summary>The number of acknowledged events.</summary>
    public long Acknowledged { get; private set; }

    protected BenchDatabase Database { get; } = database;

    /// <summary>The measured process; 0 if each run is a separate process.</summary>
    protected virtual int ProcessId => 0;

    public abstract Task StartAsync();

    /// <summary>Runs a load and measures it, including work in the background.</summary>
    public async Task<Measurement> MeasureAsync(double seconds, int seed)
    {
        var (server, store) = Cpu();
        var load = await LoadAsync(seconds, seed);
        var (serverAfter, storeAfter) = Cpu();
        if (load.Refused > 0 || load.Accepted != load.Sent)
        {
            throw new InvalidOperationException(
                $"{Name} accepted {load.Accepted} of {load.Sent} events and refused {load.Refused} requests: {load.FirstRefusal}");
        }

        Acknowledged += load.Accepted;
        var millions = load.Accepted / 1e6;
        // If each run is a separate process, its processor time is that of the server.
        return new Measurement(
            load.EventsPerSecond,
            load.P50Ms,
            load.P99Ms,
            (ProcessId == 0 ? load.CpuSeconds : serverAfter - server) / millions,
            (storeAfter - store) / millions);
    }

    /// <summary>Pauses or resumes all processes, so that background work runs only in the contender's own rounds.</summary>
    public void Pause(bool pause)
    {
        if (ProcessId != 0)
            ProcessTree.Pause(ProcessId, pause);
        if (Database.ProcessId != 0)
            ProcessTree.Pause(Database.ProcessId, pause);
    }

    /// <summary>Checks that all acknowledged events are stored, waits for compaction and measures memory and disk space.</summary>
    public abstract Task<Footprint> FinishAsync();

    public virtual ValueTask DisposeAsync() => Database.DisposeAsync();

    protected abstract Task<LoadResult> LoadAsync(double seconds, int seed);

    protected void Expect(long stored)
    {
        if (stored != Acknowledged)
            throw new InvalidOperationException($"{Name} acknowledged {Acknowledged} events but stored {stored}.");
    }

    private (double Server, double Store) Cpu() =>
        (ProcessId == 0 ? 0 : ProcessTree.CpuSeconds(ProcessId), Database.ProcessId == 0 ? 0 : ProcessTree.CpuSeconds(Database.ProcessId));
}

/// <summary>One round of one contender.</summary>
/// <param name="EventsPerSecond">Acknowledged events per second.</param>
/// <param name="P50Ms">Median time of a request (of a transaction for the limit).</param>
/// <param name="P99Ms">99th percentile, likewise.</param>
/// <param name="ServerCpu">Processor seconds of the server per million events.</param>
/// <param name="DatabaseCpu">Processor seconds of the database per million events; 0 if it runs in the server.</param>
internal sealed record Measurement(double EventsPerSecond, double P50Ms, double P99Ms, double ServerCpu, double DatabaseCpu);

/// <summary>The memory and disk space of a contender.</summary>
/// <param name="PeakMemoryMiB">The maximum resident memory of the server; NaN for the limit.</param>
/// <param name="EventBytes">Bytes on disk of events and their indexes, per event.</param>
/// <param name="OtherBytes">Bytes on disk of everything else, per event.</param>
internal sealed record Footprint(double PeakMemoryMiB, double EventBytes, double OtherBytes);
