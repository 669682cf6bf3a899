using System.Text;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// Interns recently read names, so that a year of rollups with the same few hundred names shares a few hundred strings. A slot holds the
/// last name with its hash. A lost race or an evicted name only costs another string.
/// </summary>
internal static class NamePool
{
    private const int Size = 8_192;
    private const int LongestPooled = Limits.NameLength;

    private static readonly string?[] Slots = new string?[Size];

    /// <summary>Returns the string of ASCII bytes.</summary>
    public static string Get(ReadOnlySpan<byte> ascii)
    {
        if (ascii.Length > LongestPooled)
            return Encoding.ASCII.GetString(ascii);
        ref var slot = ref Slots[StableHash.OfBytes(ascii) % Size];
        var name = Volatile.Read(ref slot);
        if (name is not null && Ascii.Equals(ascii, name))
            return name;
        name = Encoding.ASCII.GetString(ascii);
        Volatile.Write(ref slot, name);
        return name;
    }
}
