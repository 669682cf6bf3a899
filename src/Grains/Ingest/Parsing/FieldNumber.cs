using System.Text.Json;

namespace TelemetryKit.Grains.Ingest.Parsing;

/// <summary>Which JSON numbers are kept, as they were written: those that every reader of the store can read again.</summary>
internal static class FieldNumber
{
    /// <summary>Finite as a double, and with an exponent of at most three digits: PostgreSQL's jsonb refuses 1e-99999, and would refuse every query that meets it.</summary>
    public static bool IsInRange(ref readonly Utf8JsonReader json)
    {
        var number = json.ValueSpan;
        var exponent = number.IndexOfAny((byte)'e', (byte)'E');
        // Without an exponent a number of the greatest length is still far from infinity.
        return exponent < 0 || (number[(exponent + 1)..].TrimStart("+-0"u8).Length <= 3 && json.TryGetDouble(out var value) && double.IsFinite(value));
    }

    /// <summary>Whether it has no more characters than it may.</summary>
    public static bool IsShort(ref readonly Utf8JsonReader json) => json.ValueSpan.Length <= Limits.NumberLength;
}
