using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Legal;

/// <summary>A text of the operator.</summary>
/// <param name="Text">The text.</param>
/// <param name="Markdown">Whether it is Markdown. Otherwise it is plain text.</param>
internal sealed record LegalBody(string Text, bool Markdown);

/// <summary>The bodies of the operator's texts.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LegalBody))]
internal sealed partial class LegalJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static LegalJson Wire => field ??= new(Default.Options.ForWire());
}
