using System.Text.Json;

namespace TelemetryKit.Core.Events;

/// <summary>
/// Defines which metadata values are counted, at ingest and when metadata is read from the store: text of up to
/// <see cref="Limits.CountedValueBytes"/>, booleans, integers, and such values in an array directly under a key.
/// </summary>
internal static class CountedValues
{
    private const int LongestInteger = 20;

    /// <summary>
    /// Whether a key's values are counted. <c>success</c> and <c>duration_ms</c> are fields of the event, whatever their type.
    /// </summary>
    public static bool IsCounted(ReadOnlySpan<byte> key) => !key.SequenceEqual("success"u8) && !key.SequenceEqual("duration_ms"u8);

    /// <summary>Whether a text is counted.</summary>
    public static bool IsCountedText(int utf8Length) => utf8Length is > 0 and <= Limits.CountedValueBytes;

    /// <summary>Returns the value of a number or boolean, or <c>null</c> if it isn't counted.</summary>
    public static string? OfLiteral(ref readonly Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number when IsInteger(json.ValueSpan) => SharedText.OfStored(json.ValueSpan),
        _ => null,
    };

    /// <summary>
    /// Appends a value for the event that is added next, unless the key already has the value or the event has the maximum number of
    /// values.
    /// </summary>
    public static void Append(EventBatch batch, string key, string? value)
    {
        if (value is null)
            return;
        var (start, end) = (batch.AppendedValues.Start.Value, batch.AppendedValues.End.Value);
        if (end - start >= Limits.CountedValues)
            return;
        // Values of one key are adjacent, so only the preceding values of the same key are compared.
        for (var v = end - 1; v >= start && batch.ValueKey[v] == key; v--)
        {
            if (batch.Value[v] == value)
                return;
        }

        batch.AppendValue(key, value);
    }

    private static bool IsInteger(ReadOnlySpan<byte> number) =>
        number.Length <= LongestInteger && number.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;
}
