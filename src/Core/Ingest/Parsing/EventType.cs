using System.Buffers;
using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Reads and validates <c>event_type</c>: a name for counters, chosen by the tool's author and not by its users.</summary>
internal static class EventType
{
    private const int MaxLength = 64;

    private static readonly SearchValues<byte> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"u8);

    public static Fault Read(ref readonly Utf8JsonReader json, byte[] scratch, out string? type)
    {
        type = null;
        if (!FieldText.Read(in json, scratch, "event_type", MaxLength, out var utf8).IsNone || !IsName(utf8))
            return Invalid($"event_type is not a letter followed by up to {MaxLength - 1} letters, digits or _ . : -");
        if ((SharedText.Find(utf8) is { } shared ? shared.IsScrubbed : !Scrubber.IsClean(utf8)) || HasAddress(utf8))
            return Invalid("event_type looks like personal data or a secret.");
        type = SharedText.TextOf(utf8);
        return default;
    }

    /// <summary>Whether an address stands behind a dot: a.1.2.3.4 is a version in a text, but no name.</summary>
    private static bool HasAddress(ReadOnlySpan<byte> utf8)
    {
        for (var dot = utf8.IndexOf((byte)'.'); dot >= 0; dot = utf8.IndexOf((byte)'.'))
        {
            utf8 = utf8[(dot + 1)..];
            if (!utf8.IsEmpty && char.IsAsciiDigit((char)utf8[0]) && !Scrubber.IsClean(utf8))
                return true;
        }

        return false;
    }

    private static bool IsName(ReadOnlySpan<byte> utf8) =>
        !utf8.IsEmpty && Letters.Contains(utf8[0]) && !utf8.ContainsAnyExcept(Characters);

    private static Fault Invalid(string message) => new(DropReason.InvalidType, message);
}
