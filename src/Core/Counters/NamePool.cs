using System.Text;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// Remembers names that were read lately, so that the same few hundred names of a year's rollups are a few hundred strings. A slot
/// holds the last name that hashed there; losing a race or a name costs a string, never a wrong answer.
/// </summary>
internal static class NamePool
{
    private const int Size = 8_192;
    private const int LongestPooled = Limits.NameLength;

    private static readonly string?[] Slots = new string?[Size];

    /// <summary>The string of ASCII bytes.</summary>
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
