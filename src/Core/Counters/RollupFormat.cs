namespace TelemetryKit.Core.Counters;

/// <summary>
/// The serialised form of a rollup, version 1. Numbers are unsigned LEB128 unless stated otherwise. Names are in the order of
/// <see cref="TallyName.CompareTo"/>, so that equal content has equal bytes.
/// <code>
/// rollup   := version:byte installs day sessions newInstalls table{6} types:table subjects checksum:fixed32
///             newInstalls is signed, in two's complement: a delta has -1 if the first day of an install moves to an earlier day
/// installs := count hash:fixed64{count}            ascending; all installs in exact sets
/// day      := 0 | tally                            0 if there are no events
/// sessions := count*2 hash:fixed64{count} | 1 registers
/// table    := 0                                    no events have a value
///           | count*2+1 value{count}               the total is all events of the parent
///           | count*2 total value{count}
/// value    := name tally
/// subjects := count*2+cut [hash:fixed64] subject{count}
/// subject  := type:name text:name tally [table{6} keys]                 the last two if its hash is less than the cut
/// keys     := count*2+cut [hash:fixed64] (name table){count}
/// tally    := 0                                    identical to its parent
///           | events*4+flags [failures] [withOutcome] first last [set] [buckets] [buckets [buckets]]
///             flag 1: no failures, flag 2: all have an outcome; first since the parent's first, last since first;
///             then installs, durations, hours and failures by hour, if kept
/// set      := count*4+0 gap{count} | count*4+1 bitmap | count*4+2 | 3 registers
///             by index in installs; the third contains all installs
/// buckets  := count (gap*2+1 | gap*2 times){count}                      the first for a count of 1
/// name     := 0 | 1 length*2+wide char{length} | n+2
///             null; a new name in ASCII (or UTF-16 if wide); the n-th new name
/// </code>
/// A day is the parent of its tables and types; a type (or the day, if the type isn't kept) of its subjects; a subject of its tables. A
/// value with as many events as its parent has the same events, so only its name is written: this is the main reason why small deltas
/// are small.
/// </summary>
internal static class RollupFormat
{
    public const byte Version = 1;

    public const int ChecksumBytes = 4;

    public const int NoFailures = 1;

    public const int AllHaveOutcome = 2;

    public static uint Checksum(ReadOnlySpan<byte> bytes) => (uint)StableHash.OfBytes(bytes);

    /// <summary>
    /// Whether a tally with all events of its parent may be omitted: not if one keeps fine registers and the other coarse ones.
    /// </summary>
    public static bool CanInherit(in Tally parent, in Tally tally) =>
        !tally.Keeps(Kept.Installs) || parent.Details?.Installs is null or { IsExact: true } || parent.Precision == tally.Precision;
}
