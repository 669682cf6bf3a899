using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TelemetryKit.Api.Json;

/// <summary>A JSON object.</summary>
/// <param name="Utf8">The text; never empty.</param>
internal readonly record struct RawJson(byte[] Utf8)
{
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    /// <summary>The object in a text; an empty one where the text is.</summary>
    public static RawJson Of(string text) => new(text.Length == 0 ? Nothing : Encoding.UTF8.GetBytes(text));

    /// <summary>The object in a text; an empty one where the text is.</summary>
    public static RawJson Of(ReadOnlySpan<byte> utf8) => new(utf8.IsEmpty ? Nothing : utf8.ToArray());
}

/// <summary>Writes <see cref="RawJson"/>. It was written by ourselves, so it is not checked again.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Answers are only written.");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Utf8, skipInputValidation: true);
}
