using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Projects;

/// <summary>The request and response bodies of projects.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(ProjectBody))]
[JsonSerializable(typeof(ProjectsBody))]
[JsonSerializable(typeof(SettingsBody))]
internal sealed partial class ProjectsJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static ProjectsJson Wire => field ??= new(Default.Options.ForWire());
}
