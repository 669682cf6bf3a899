using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Sharing;

/// <summary>The public page of a project.</summary>
/// <param name="Name">The name in its addresses; null if the project isn't shared.</param>
/// <param name="Sections">What it shows; empty if the project isn't shared.</param>
/// <param name="CreatedAt">When the project was first shared; null if it isn't.</param>
internal sealed record ShareBody(string? Name, IReadOnlyList<string> Sections, DateTimeOffset? CreatedAt);

/// <summary>Shares a project, or changes its public page.</summary>
/// <param name="Name">The name in its addresses: 2 to 50 lower-case letters, digits and single hyphens between them.</param>
/// <param name="Sections">What it shows: at least one section.</param>
internal sealed record SetShareBody(string? Name, IReadOnlyList<string>? Sections);

/// <summary>
/// The published statistics of a project: four weeks that end with yesterday (UTC), of live events. A section that isn't shared is null.
/// Numbers of installs are rounded to multiples of ten and null below ten; numbers of events have two significant digits.
/// </summary>
/// <param name="Name">The name of the page.</param>
/// <param name="Project">The name of the project.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Installs">Distinct installs; null if they are too few, or if the overview isn't shared.</param>
/// <param name="Events">Events; null if the installs are.</param>
/// <param name="SuccessRate">Successful runs ÷ runs, with two decimals; null if the installs are, or if there are no runs.</param>
/// <param name="Days">Installs by day; null if the overview isn't shared.</param>
/// <param name="Commands">The commands with the most installs: up to ten, like the other lists.</param>
/// <param name="Versions">The minor versions with the most installs, latest first.</param>
/// <param name="Platforms">The operating systems.</param>
/// <param name="Actors">Who runs the tool: human, ci or agent.</param>
internal sealed record PublicReportBody(
    string Name,
    string Project,
    DateOnly From,
    DateOnly To,
    long? Installs,
    long? Events,
    double? SuccessRate,
    IReadOnlyList<PublicDayBody>? Days,
    IReadOnlyList<PublicItemBody>? Commands,
    IReadOnlyList<PublicItemBody>? Versions,
    IReadOnlyList<PublicItemBody>? Platforms,
    IReadOnlyList<PublicItemBody>? Actors);

/// <summary>A published day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Installs">Distinct installs; null if they are too few.</param>
internal sealed record PublicDayBody(DateOnly Day, long? Installs);

/// <summary>A published value of a list.</summary>
/// <param name="Value">The value.</param>
/// <param name="Installs">Distinct installs.</param>
internal sealed record PublicItemBody(string Value, long Installs);

/// <summary>A badge in the form that shields.io reads (https://shields.io/badges/endpoint-badge).</summary>
/// <param name="SchemaVersion">Always 1.</param>
/// <param name="Label">The left text.</param>
/// <param name="Message">The right text.</param>
/// <param name="Color">The colour of the right side.</param>
/// <param name="CacheSeconds">How long it may be cached.</param>
internal sealed record ShieldBody(
    [property: JsonPropertyName("schemaVersion")] int SchemaVersion,
    string Label,
    string Message,
    string Color,
    [property: JsonPropertyName("cacheSeconds")] int CacheSeconds);

/// <summary>The bodies of shared projects.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(ShareBody))]
[JsonSerializable(typeof(SetShareBody))]
[JsonSerializable(typeof(PublicReportBody))]
[JsonSerializable(typeof(ShieldBody))]
internal sealed partial class SharingJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static SharingJson Wire => field ??= new(Default.Options.ForWire());
}
