using System.Text.Json;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Reads strings of limited length.</summary>
internal static class FieldText
{
    /// <summary>
    /// Reads the reader's current string or property name. Returns a fault if it is neither, too long, or not valid Unicode.
    /// </summary>
    public static Fault Read(ref readonly Utf8JsonReader json, byte[] scratch, string field, int limit, out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (json.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            return Fault.WrongType(field, "a string");
        if (json.ValueSpan.Length > scratch.Length)
            return Fault.TooLong(field, limit);
        if (!JsonText.TryRead(in json, scratch, out utf8))
            return Fault.UnpairedSurrogate(field);
        return utf8.Length > limit && JsonText.Length(utf8) > limit ? Fault.TooLong(field, limit) : default;
    }
}
