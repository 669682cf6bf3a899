namespace TelemetryKit.Core.Privacy;

/// <summary>The placeholder for scrubbed text.</summary>
internal enum Replacement : byte
{
    Email,
    Home,
    Token,
    Key,
    Card,
    Phone,
    Ip,
    Mac,
}

/// <summary>A range of a text that must be replaced.</summary>
/// <param name="Start">The first byte that is replaced.</param>
/// <param name="End">The first byte after the replaced range.</param>
/// <param name="Next">Where the pass continues: the end of the match, which may be after <paramref name="End"/>.</param>
/// <param name="Replacement">The placeholder.</param>
internal readonly record struct ScrubHit(int Start, int End, int Next, Replacement Replacement);

/// <summary>The texts of <see cref="Replacement"/>.</summary>
internal static class Replacements
{
    public static ReadOnlySpan<byte> Utf8(this Replacement replacement) => replacement switch
    {
        Replacement.Email => "[email]"u8,
        Replacement.Home => "[home]"u8,
        Replacement.Token => "[token]"u8,
        Replacement.Key => "[key]"u8,
        Replacement.Card => "[card]"u8,
        Replacement.Phone => "[phone]"u8,
        Replacement.Ip => "[ip]"u8,
        Replacement.Mac => "[mac]"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(replacement)),
    };
}
