using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Http;

/// <summary>
/// The bodies that several capabilities share, both ways. A member that a body doesn't have is refused, here and in every context of the
/// management API: a typing error in a setting must not pass for a change. What has no value is written as null, so that a client sees all
/// there is.
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
