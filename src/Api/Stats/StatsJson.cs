using System.Text.Json;
using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Deprecation;
using TelemetryKit.Core.Stats.Failures;
using TelemetryKit.Core.Stats.Releases;
using TelemetryKit.Core.Stats.Retention;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Api.Stats;

/// <summary>The response bodies of statistics and events.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(UtcTimeConverter), typeof(SeriesIntervalConverter), typeof(AccuracyKindConverter),
        typeof(DeprecationVerdictConverter)])]
[JsonSerializable(typeof(OverviewBody))]
[JsonSerializable(typeof(TopAnswer))]
[JsonSerializable(typeof(SeriesAnswer))]
[JsonSerializable(typeof(UsersAnswer))]
[JsonSerializable(typeof(FailuresAnswer))]
[JsonSerializable(typeof(ReleasesAnswer))]
[JsonSerializable(typeof(RetentionAnswer))]
[JsonSerializable(typeof(DeprecationAnswer))]
[JsonSerializable(typeof(EventsBody))]
[JsonSerializable(typeof(EventItem))]
internal sealed partial class StatsJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static StatsJson Wire => field ??= new(Default.Options.ForWire());
}

/// <summary>Writes an interval as its name in lower case.</summary>
internal sealed class SeriesIntervalConverter() : JsonStringEnumConverter<SeriesInterval>(JsonNamingPolicy.SnakeCaseLower);

/// <summary>Writes a kind of accuracy as its name in lower case.</summary>
internal sealed class AccuracyKindConverter() : JsonStringEnumConverter<AccuracyKind>(JsonNamingPolicy.SnakeCaseLower);

/// <summary>Writes a verdict as its name in snake case.</summary>
internal sealed class DeprecationVerdictConverter() : JsonStringEnumConverter<DeprecationVerdict>(JsonNamingPolicy.SnakeCaseLower);
