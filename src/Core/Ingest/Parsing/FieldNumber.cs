using System.Text.Json;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Reads numbers, and tells which are kept as they were written: those that every reader of the store can read again.</summary>
internal static class FieldNumber
{
    /// <summary>Digits that a double holds exactly, whatever they are.</summary>
    private const int ExactDigits = 15;

    /// <summary>
    /// Finite as a double, and with an exponent of at most three digits: PostgreSQL's jsonb refuses 1e-99999, and would refuse every
    /// query that meets it.
    /// </summary>
    public static bool IsInRange(ref readonly Utf8JsonReader json)
    {
        var exponent = json.ValueSpan.IndexOfAny((byte)'e', (byte)'E');
        // Without an exponent a number of the greatest length is still far from infinity.
        if (exponent < 0)
            return true;
        var digits = json.ValueSpan[(exponent + 1)..].TrimStart("+-0"u8).Length;
        return digits <= 3 && json.TryGetDouble(out var value) && double.IsFinite(value);
    }

    /// <summary>Whether it has no more characters than it may.</summary>
    public static bool IsShort(ref readonly Utf8JsonReader json) => json.ValueSpan.Length <= Limits.NumberLength;

    /// <summary>A duration in milliseconds: finite and not negative.</summary>
    public static Fault ReadDuration(ref readonly Utf8JsonReader json, out float milliseconds)
    {
        milliseconds = float.NaN;
        if (json.TokenType != JsonTokenType.Number)
            return Fault.WrongType("duration_ms", "a number");
        if (!TryReadShortInteger(json.ValueSpan, out var value) && !json.TryGetDouble(out value))
            value = double.NaN;
        if (!(value >= 0) || !float.IsFinite((float)value))
            return new(DropReason.InvalidEvent, "duration_ms is negative or out of range.");
        milliseconds = (float)value;
        return default;
    }

    /// <summary>What durations nearly always are, without the general parser of doubles.</summary>
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
