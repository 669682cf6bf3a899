namespace TelemetryKit.Core.Counters;

/// <summary>
/// The serialised rollup, version 1. Numbers are unsigned LEB128 unless said otherwise; everything is in the order of <see cref="TallyName.CompareTo"/>, so that equal content has equal bytes.
/// <code>
/// rollup   := version:byte installs day sessions newInstalls table{6} types:table subjects checksum:fixed32
/// installs := count hash:fixed64{count}            ascending; every install that an exact set has
/// day      := 0 | tally                            0 where there are no events
/// sessions := count*2 hash:fixed64{count} | 1 registers
/// table    := 0 | count*2+1 value{count} | count*2 total value{count}   the first where it is empty, the second where its total is all events of its parent
/// value    := name tally
/// subjects := count*2+cut [hash:fixed64] subject{count}
/// subject  := type:name text:name tally [table{6} keys]                 the last two where its hash is less than the cut
/// keys     := count*2+cut [hash:fixed64] (name table){count}
/// tally    := 0                                    everything is as in its parent
///           | events*4+flags [failures] [said] first last [set] [buckets] [buckets [buckets]]
///             flag 1: no failures, flag 2: all said; first since the parent's first, last since first; then installs, durations, hours, failures by hour as kept
/// set      := count*4+0 gap{count} | count*4+1 bitmap | count*4+2 | 3 registers     elements by their place among installs; the third has them all
/// buckets  := count (gap*2+1 | gap*2 times){count}                      the first for a bucket that occurred once
/// name     := 0 | 1 length*2+wide char{length} | n+2                    none; a new one in ASCII (or UTF-16 where it isn't); the n-th new one
/// </code>
/// A day is the parent of its tables, types and subjects' types; a type of its subjects (or the day, where the type isn't kept); a subject of its tables. A value
/// that has as many events as its parent has the very same events, so it needs nothing but its name: that is most of what makes a small delta small.
/// </summary>
internal static class RollupFormat
{
    public const byte Version = 1;

    public const int ChecksumBytes = 4;

    public const int NoFailures = 1;

    public const int AllSaid = 2;

    public static uint Checksum(ReadOnlySpan<byte> bytes) => (uint)StableHash.OfBytes(bytes);

    /// <summary>
    /// Whether a tally may be left out where it has all events of its parent: not where one keeps fine registers and the other coarse ones.
    /// </summary>
    public static bool CanInherit(in Tally parent, in Tally tally) =>
        !tally.Keeps(Kept.Installs) || parent.Details?.Installs is null or { IsExact: true } || parent.Precision == tally.Precision;
}
