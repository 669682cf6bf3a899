using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Audit;

/// <summary>The bodies of the audit log.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(AuditBody))]
[JsonSerializable(typeof(AuditEntryBody))]
internal sealed partial class AuditJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static AuditJson Wire => field ??= new(Default.Options.ForWire());
}
