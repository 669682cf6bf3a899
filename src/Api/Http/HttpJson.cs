using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Http;

/// <summary>
/// The request and response bodies shared by several features. Unknown members are rejected, here and in every context of the
/// management API, so a misspelled setting isn't ignored. Members without a value are written as null, so a client sees all members.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(NameBody))]
[JsonSerializable(typeof(RemovedBody))]
internal sealed partial class HttpJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static HttpJson Wire => field ??= new(Default.Options.ForWire());
}
