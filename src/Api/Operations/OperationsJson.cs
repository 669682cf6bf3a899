using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Operations;

/// <summary>The body of the health routes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(HealthBody))]
internal sealed partial class OperationsJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static OperationsJson Wire => field ??= new(Default.Options.ForWire());
}
