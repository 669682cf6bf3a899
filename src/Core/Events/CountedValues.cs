using System.Text.Json;

namespace TelemetryKit.Core.Events;

/// <summary>
/// Which metadata values are counted, for the parser and for whoever reads metadata back from the store: text of up to
/// <see cref="Limits.CountedValueBytes"/>, booleans, integers, and what of these an array right under a key holds.
/// </summary>
internal static class CountedValues
{
    private const int LongestInteger = 20;

    /// <summary>
    /// Whether a key's values are counted at all: these two are fields of the event, in whatever form they came.
    /// </summary>
    public static bool IsCounted(ReadOnlySpan<byte> key) => !key.SequenceEqual("success"u8) && !key.SequenceEqual("duration_ms"u8);

    /// <summary>Whether a text is counted.</summary>
    public static bool IsCountedText(int utf8Length) => utf8Length is > 0 and <= Limits.CountedValueBytes;

    /// <summary>The value of a number or boolean that is counted; <c>null</c> where it isn't.</summary>
    public static string? OfLiteral(ref readonly Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number when IsInteger(json.ValueSpan) => SharedText.OfStored(json.ValueSpan),
        _ => null,
    };

    /// <summary>
    /// Appends a value for the event that is being put together, unless the same key has it already or the event has enough.
    /// </summary>
    public static void Append(EventBatch batch, string key, string? value)
    {
        if (value is null)
            return;
        var (start, end) = (batch.AppendedValues.Start.Value, batch.AppendedValues.End.Value);
        if (end - start >= Limits.CountedValues)
            return;
        // Values of one key stand together: it is enough to look back as far as the key is the same.
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
