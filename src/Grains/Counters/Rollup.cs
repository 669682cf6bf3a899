using System.Buffers;
using TelemetryKit.Grains.Events;

namespace TelemetryKit.Grains.Counters;

/// <summary>
/// The counters of one project, environment and UTC day, or of any union of days. Not thread-safe. Merging is associative and
/// commutative and the empty rollup is its identity, also in serialised form and beyond the cardinality bounds.
/// </summary>
public sealed class Rollup
{
    /// <summary>Events counted.</summary>
    public long Events => throw new NotImplementedException();

    /// <summary>Installs seen for the first time.</summary>
    public long NewInstalls => throw new NotImplementedException();

    /// <summary>True where a cardinality bound was met, so that some events count only under <c>other</c>.</summary>
    public bool IsTruncated => throw new NotImplementedException();

    /// <summary>Bytes of memory this rollup holds on to, near enough for a cache's budget. Walks the rollup.</summary>
    public long EstimatedBytes => throw new NotImplementedException();

    /// <summary>Counts the events at these indices of the batch. The caller groups by UTC day.</summary>
    public void Add(EventBatch batch, ReadOnlySpan<int> indices) => throw new NotImplementedException();

    /// <summary>Counts events <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive). The caller groups by UTC day.</summary>
    public void Add(EventBatch batch, int from, int to) => throw new NotImplementedException();

    /// <summary>Adds installs that were seen for the first time.</summary>
    public void AddNewInstalls(long count) => throw new NotImplementedException();

    /// <summary>Adds all that <paramref name="other"/> counted. The other stays as it is and shares nothing with this one.</summary>
    public void MergeFrom(Rollup other) => throw new NotImplementedException();

    /// <summary>The rollup as bytes; the same content always gives the same bytes.</summary>
    public byte[] Serialize() => throw new NotImplementedException();

    /// <summary>Writes the bytes of <see cref="Serialize"/>.</summary>
    public void Write(IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="RollupFormatException">The bytes are corrupt or of a newer version.</exception>
    public static Rollup Read(ReadOnlySpan<byte> data) => throw new NotImplementedException();

    /// <summary>Merges serialised rollups (of a day and its deltas, or of a month's days) into one.</summary>
    /// <exception cref="RollupFormatException">One of them is corrupt or of a newer version.</exception>
    public static byte[] Fold(IReadOnlyList<ReadOnlyMemory<byte>> parts) => throw new NotImplementedException();
}
