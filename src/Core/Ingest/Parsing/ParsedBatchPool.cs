using System.Collections.Concurrent;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Parsed batches for reuse: their columns are the largest things a request needs.</summary>
internal sealed class ParsedBatchPool
{
    private const int Kept = 512;
    private readonly ConcurrentBag<ParsedBatch> _free = [];

    public ParsedBatch Rent() => _free.TryTake(out var batch) ? batch : new ParsedBatch();

    public void Return(ParsedBatch batch)
    {
        if (_free.Count >= Kept)
            return;
        batch.Clear();
        _free.Add(batch);
    }
}
