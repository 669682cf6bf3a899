namespace TelemetryKit.Core.Counters;

/// <summary>
/// The serialised form of a rollup, version 2. Numbers are unsigned LEB128 unless stated otherwise. Names are in the order of
/// <see cref="TallyName.CompareTo"/>, so that equal content has equal bytes.
/// <code>
/// rollup   := version:byte installs day sessions newInstalls:zigzag table{6} types:table subjects checksum:fixed32
///             newInstalls is -1 in a delta if the first day of an install moves to an earlier day
/// installs := count hash:fixed64{count}            ascending; all installs, or if the day's set isn't exact, those in exact sets
/// day      := 0 | tally                            0 if there are no events
/// sessions := count*2 hash:fixed64{count} | 1 registers
/// table    := 0                                    no events have a value
///           | count*4+flags+1 [total] [floor] (value [missed]){count}
///             flag 1: the total is all events of the parent; flag 2: truncated, so that floor and missed are present
/// value    := name tally
/// subjects := floor mask:byte summary{bits in mask}   one summary for each type of the protocol, then one for all others
/// summary  := count*2+truncated [other floor] subject{count}
///             other: events of subjects that are not kept
/// subject  := [type:name] text:name tally [missed] table{6} keys     the type only for other types
/// keys     := count*2+truncated [floor] (name [missed] table){count}
/// tally    := 0                                    identical to its parent
///           | events*4+flags [failures] [withOutcome] first last [set] [buckets] [buckets [buckets]]
///             flag 1: no failures, flag 2: all have an outcome; first since the parent's first, last since first;
///             then installs, durations, hours and failures by hour, if kept
/// set      := count*4+0 gap{count} | count*4+1 bitmap | count*4+2 | precision*4+3 registers
///             by index in installs; the third contains all installs
/// buckets  := count (gap*2+1 | gap*2 times){count}                      the first for a count of 1
/// name     := 0 | 1 length*2+wide char{length} | n+2
///             null; a new name in ASCII (or UTF-16 if wide); the n-th new name
/// </code>
/// A day is the parent of its tables and types; a type (or the day, if the type isn't kept, or was evicted in a part) of its subjects; a
/// subject of its tables. A value with as many events as its parent has the same events, so only its name is written: this is the main
/// reason why small deltas are small.
/// <para>
/// Version 1 kept the names with the smallest hashes, whose counts were exact. It is still read: a name that it didn't keep can have any
/// of the events that it counted as <c>other</c>.
/// <code>
/// rollup   := version:byte installs day sessions newInstalls table{6} types:table subjects checksum:fixed32
/// table    := 0 | count*2+1 value{count} | count*2 total value{count}
/// subjects := count*2+cut [hash:fixed64] subject{count}
/// subject  := type:name text:name tally [table{6} keys]    the last two if its stable hash is less than the cut
/// keys     := count*2+cut [hash:fixed64] (name table){count}
/// set      := … | 3 registers                      precision 14 for the day, and 11 otherwise
/// </code>
/// </para>
/// </summary>
internal static class RollupFormat
{
    public const byte Version = 2;

    /// <summary>The precision of the registers that version 1 wrote for a subject or a value.</summary>
    public const int Version1Precision = 11;

    public const int ChecksumBytes = 4;

    public const int NoFailures = 1;

    public const int AllHaveOutcome = 2;

    /// <summary>The flag of a table whose total is all events of its parent.</summary>
    public const int TotalOfParent = 1;

    /// <summary>The flag of a table whose counts aren't all exact.</summary>
    public const int Truncated = 2;

    public static uint Checksum(ReadOnlySpan<byte> bytes) => (uint)StableHash.OfBytes(bytes);

    /// <summary>
    /// Whether a tally with all events of its parent may be omitted: not if a part was read from version 1, whose sets have two precisions.
    /// </summary>
    public static bool CanInherit(in Tally parent, in Tally tally) =>
        !tally.Keeps(Kept.Installs)
        || parent.Details?.Installs?.Sketch is not { IsExact: false } sketch
        || tally.Details?.Installs?.Sketch?.Precision == sketch.Precision;
}
