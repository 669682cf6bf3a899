using TelemetryKit.Context;
using TelemetryKit.Erasure;
using TelemetryKit.Options;
using TelemetryKit.Queue;

namespace TelemetryKit.Pipeline;

/// <summary>What the SDK has stored on this machine for a tool, for the command that shows it to the user.</summary>
internal sealed class StoredData
{
    private StoredData(
        IReadOnlyList<(string Backend, TelemetryBatch Batch)> waiting, IReadOnlyList<ErasureRequest> erasures,
        IReadOnlyList<(string Backend, SentLedger.SentEntry Entry)> sent)
    {
        Waiting = waiting;
        Erasures = erasures;
        Sent = sent;
    }

    /// <summary>The batches that wait, oldest first, with the names of their backends.</summary>
    public IReadOnlyList<(string Backend, TelemetryBatch Batch)> Waiting { get; }

    /// <summary>The erasures that wait.</summary>
    public IReadOnlyList<ErasureRequest> Erasures { get; }

    /// <summary>The ledger of each backend, by day.</summary>
    public IReadOnlyList<(string Backend, SentLedger.SentEntry Entry)> Sent { get; }

    /// <summary>Reads everything, without changing it.</summary>
    /// <param name="options">The tool's options.</param>
    /// <param name="host">The machine.</param>
    /// <param name="lanes">The lanes of this run, which may have batches in memory; empty if it does not record.</param>
    public static StoredData Read(OptionValues options, Host host, Lane[] lanes)
    {
        var folder = ServicePaths.Root(options, host) is { } root ? ServicePaths.Service(root, options.ServiceName) : null;
        var exists = folder is not null && Directory.Exists(folder);
        if (lanes.Length == 0 && exists)
            lanes = LaneBuilder.WithoutSending(options, host);

        var waiting = new Dictionary<Guid, (string Backend, TelemetryBatch Batch)>();
        foreach (var lane in lanes)
            Add(lane.Name, lane.Peek());
        var sent = new List<(string Backend, SentLedger.SentEntry Entry)>();
        if (exists)
        {
            // This includes backends that the tool used earlier, and the spare files of a queue.
            foreach (var (name, path) in Folders(folder!))
            {
                Add(name, FileQueue.Peek(path));
                sent.AddRange(new SentLedger(path, host.Clock).Read().ConvertAll(entry => (name, entry)));
            }
        }

        var batches = new List<(string Backend, TelemetryBatch Batch)>(waiting.Values);
        batches.Sort((left, right) => left.Batch.CreatedAt.CompareTo(right.Batch.CreatedAt));
        return new(batches, exists ? new ErasureFiles(folder!).Pending() : [], sent);

        void Add(string backend, IReadOnlyList<WaitingBatch> peeked)
        {
            foreach (var batch in peeked)
            {
                if (!waiting.ContainsKey(batch.Id))
                    waiting.Add(batch.Id, (backend, new(batch.Id, batch.CreatedAt, batch.Head, batch.Lines, batch.Lines.Length)));
            }
        }
    }

    /// <summary>Returns the folders of a tool's backends, with their names.</summary>
    public static List<(string Name, string Path)> Folders(string serviceFolder)
    {
        var folders = new List<(string Name, string Path)> { ("telemetrykit", serviceFolder) };
        foreach (var path in Directory.GetDirectories(serviceFolder))
            folders.Add((Path.GetFileName(path) == "test" ? "telemetrykit, test data" : Path.GetFileName(path), path));
        return folders;
    }
}
