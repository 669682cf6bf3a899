using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Reads and validates numbers. Numbers are stored as they were written, so every store must be able to read them.</summary>
internal static class FieldNumber
{
    /// <summary>The number of decimal digits that a double always represents exactly.</summary>
    private const int ExactDigits = 15;

    private const int ShortestCard = 13;

    /// <summary>
    /// Whether the number is finite as a double and its exponent has at most three digits: PostgreSQL's jsonb refuses 1e-99999, and every
    /// query that reads it would fail.
    /// </summary>
    public static bool IsInRange(ref readonly Utf8JsonReader json)
    {
        var exponent = json.ValueSpan.IndexOfAny((byte)'e', (byte)'E');
        // Without an exponent, even a number of the maximum length is far from infinity.
        if (exponent < 0)
            return true;
        var digits = json.ValueSpan[(exponent + 1)..].TrimStart("+-0"u8).Length;
        return digits <= 3 && json.TryGetDouble(out var value) && double.IsFinite(value);
    }

    /// <summary>Whether the number has at most <see cref="Limits.NumberLength"/> characters.</summary>
    public static bool IsShort(ref readonly Utf8JsonReader json) => json.ValueSpan.Length <= Limits.NumberLength;

    /// <summary>
    /// Scrubs a number that is long enough for a card number. Returns false, without an allocation, if it is none.
    /// </summary>
    public static bool TryScrub(ref readonly Utf8JsonReader json, [NotNullWhen(true)] out byte[]? scrubbed)
    {
        scrubbed = null;
        return json.ValueSpan.Length >= ShortestCard && Scrubber.TryScrub(json.ValueSpan, out scrubbed);
    }

    /// <summary>
    /// Reads a duration in milliseconds, which must be finite and not negative. It is stored as a float: with about seven digits, and at
    /// most <see cref="float.MaxValue"/>.
    /// </summary>
    public static Fault ReadDuration(ref readonly Utf8JsonReader json, out float milliseconds)
    {
        milliseconds = float.NaN;
        if (json.TokenType != JsonTokenType.Number)
            return Fault.WrongType("duration_ms", "a number");
        if (!TryReadShortInteger(json.ValueSpan, out var value) && !json.TryGetDouble(out value))
            value = double.NaN;
        if (!(value >= 0) || !double.IsFinite(value))
            return new(DropReason.InvalidEvent, "duration_ms is negative or out of range.");
        // The sum turns -0 into 0.
        milliseconds = (float)Math.Min(value, float.MaxValue) + 0f;
        return default;
    }

    /// <summary>Reads a short integer without the general parser: nearly all durations are short integers.</summary>
    private static bool TryReadShortInteger(ReadOnlySpan<byte> digits, out double value)
    {
        value = double.NaN;
        if (digits.Length > ExactDigits || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        var integer = 0L;
        foreach (var digit in digits)
            integer = (integer * 10) + digit - '0';
        value = integer;
        return true;
    }
}
