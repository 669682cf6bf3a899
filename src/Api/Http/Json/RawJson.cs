using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TelemetryKit.Api.Http.Json;

/// <summary>A JSON object.</summary>
/// <param name="Utf8">The text; never empty.</param>
internal readonly record struct RawJson(byte[] Utf8)
{
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    /// <summary>Creates the object from its text; an empty text yields an empty object.</summary>
    public static RawJson Of(string text) => new(text.Length == 0 ? Nothing : Encoding.UTF8.GetBytes(text));

    /// <summary>Creates the object from its UTF-8 text; an empty text yields an empty object.</summary>
    public static RawJson Of(ReadOnlySpan<byte> utf8) => new(utf8.IsEmpty ? Nothing : utf8.ToArray());
}

/// <summary>Writes <see cref="RawJson"/>. The server itself wrote the text, so it is not validated again.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("RawJson is write-only.");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8, skipInputValidation: true);
}
