using System.Collections.Concurrent;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>A pool of parsed batches, because their columns are the largest allocations of a request.</summary>
internal sealed class ParsedBatchPool
{
    private const int MaxPooled = 512;
    private readonly ConcurrentBag<ParsedBatch> _free = [];

    public ParsedBatch Rent() => _free.TryTake(out var batch) ? batch : new ParsedBatch();

    public void Return(ParsedBatch batch)
    {
        if (_free.Count >= MaxPooled)
            return;
        batch.Clear();
        _free.Add(batch);
    }
}
