using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Ingest;
using TelemetryKit.Api.Installs;
using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Stats;
using TelemetryKit.Grains.Stats;

namespace TelemetryKit.Api.Json;

/// <summary>Every body the server answers with, and how it is written: snake_case, times in UTC, compiled ahead.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(UtcTimeConverter), typeof(SeriesIntervalConverter)])]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(OverviewBody))]
[JsonSerializable(typeof(TopAnswer))]
[JsonSerializable(typeof(SeriesAnswer))]
[JsonSerializable(typeof(UsersAnswer))]
[JsonSerializable(typeof(EventsBody))]
[JsonSerializable(typeof(EventItem))]
[JsonSerializable(typeof(DeletedBody))]
[JsonSerializable(typeof(VerdictsBody))]
[JsonSerializable(typeof(HealthBody))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The one to write with: JSON that goes to clients as JSON needs no escapes for HTML, and reads better without.</summary>
    public static ApiJson Wire => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>Writes an interval as its word in lower case.</summary>
internal sealed class SeriesIntervalConverter() : JsonStringEnumConverter<SeriesInterval>(JsonNamingPolicy.SnakeCaseLower);
