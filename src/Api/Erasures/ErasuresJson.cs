using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Erasures;

/// <summary>The bodies of the routes of erasures.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(EraseBody))]
[JsonSerializable(typeof(ReceiptBody))]
[JsonSerializable(typeof(WellKnownBody))]
internal sealed partial class ErasuresJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static ErasuresJson Wire => field ??= new(Default.Options.ForWire());
}
