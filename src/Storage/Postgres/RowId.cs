using System.Buffers.Binary;
using TelemetryKit.Core;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The ids of rows of <c>event_batches</c>: UUIDs of version 7 with the time at which the events arrived. Merged rows have the time of the
/// oldest of their parts.
/// </summary>
internal static class RowId
{
    /// <summary>
    /// The maximum time between the creation of an id and the moment at which other processes see its row: the timeout of the statement
    /// and the difference between the processes' clocks.
    /// </summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The minimum age of rows that are merged. Twice the time to settle, so that a reader of arrivals doesn't take a merged row for a new
    /// one even if its clock is behind.
    /// </summary>
    public static readonly TimeSpan MergeAge = 2 * Settling;

    /// <summary>Creates the id of a row whose events arrived at a time.</summary>
    public static Guid New(DateTimeOffset arrivedAt) => Uuid7.New(arrivedAt);

    /// <summary>Returns the time of an id, in microseconds since 1970-01-01 UTC. Ids have milliseconds.</summary>
    public static long TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16) * 1_000;
    }

    /// <summary>Returns the lower bound of the ids of a time and later ones.</summary>
    public static Guid FirstOf(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.ToUnixTimeMilliseconds() << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
