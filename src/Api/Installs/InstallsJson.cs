using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Installs;

/// <summary>The bodies of the routes of installs.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(InstallBody))]
[JsonSerializable(typeof(ErasedBody))]
[JsonSerializable(typeof(FoundInstallBody))]
internal sealed partial class InstallsJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static InstallsJson Wire => field ??= new(Default.Options.ForWire());
}
