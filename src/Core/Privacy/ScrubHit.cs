namespace TelemetryKit.Core.Privacy;

/// <summary>What stands in the place of what was scrubbed.</summary>
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

/// <summary>A place that has to be replaced.</summary>
/// <param name="Start">First byte that goes.</param>
/// <param name="End">First byte behind it that stays.</param>
/// <param name="Next">Where the pass goes on: the end of the match, which may reach further than what is replaced.</param>
/// <param name="Replacement">What comes in its place.</param>
internal readonly record struct ScrubHit(int Start, int End, int Next, Replacement Replacement);

/// <summary>The words of <see cref="Replacement"/>.</summary>
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
