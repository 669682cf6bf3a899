using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Usage;

/// <summary>The use of a tenant's quotas in one UTC calendar month. An event belongs to the day on which it arrived.</summary>
/// <param name="TenantId">The id of the tenant.</param>
/// <param name="Month">The month, such as 2026-11.</param>
/// <param name="ResetsAt">When the next month starts.</param>
/// <param name="Live">Live events of all projects.</param>
/// <param name="Test">Events of the test environment of all projects.</param>
/// <param name="Forecast">What to expect of the live events if they continue at the pace of the last seven days.</param>
/// <param name="Projects">The events by project. Their sums are those of the month.</param>
/// <param name="Days">The events by day, project and environment, if there are any. Their sums are those of the month.</param>
internal sealed record UsageBody(
    Guid TenantId,
    string Month,
    DateTimeOffset ResetsAt,
    QuotaBody Live,
    QuotaBody Test,
    ForecastBody Forecast,
    IReadOnlyList<ProjectUsageBody> Projects,
    IReadOnlyList<DayUsageBody> Days);

/// <summary>A quota and its use.</summary>
/// <param name="Accepted">The number of events accepted in the month.</param>
/// <param name="Limit">The maximum in the current plan; null if there is no limit.</param>
/// <param name="Remaining">The number of events that remain; null if there is no limit.</param>
internal sealed record QuotaBody(long Accepted, long? Limit, long? Remaining)
{
    /// <summary>Creates the body from the accepted events and the limit.</summary>
    public static QuotaBody Of(long accepted, long? limit) =>
        new(accepted, limit, limit is null ? null : Math.Max(0, limit.Value - accepted));
}

/// <summary>The expected use of a quota at the end of the month.</summary>
/// <param name="Events">
/// The expected number of events, accepted or refused; null for earlier months and on the first day of a month.
/// </param>
/// <param name="QuotaSpentAt">When the quota will be spent; null if not in this month or if there is no limit.</param>
internal sealed record ForecastBody(long? Events, DateTimeOffset? QuotaSpentAt)
{
    /// <summary>Creates the body from a forecast, which may be a few seconds older than the accepted events.</summary>
    public static ForecastBody Of(UsageForecast? forecast, long accepted) =>
        forecast is null ? new(null, null) : new(Math.Max(forecast.Events, accepted), forecast.QuotaSpentAt);
}

/// <summary>The events of a project in the month.</summary>
/// <param name="Id">The id of the project; null for all deleted projects together.</param>
/// <param name="Name">The name of the project; null for deleted projects.</param>
/// <param name="Live">The number of live events.</param>
/// <param name="Test">The number of events of the test environment.</param>
internal sealed record ProjectUsageBody(Guid? Id, string? Name, long Live, long Test)
{
    /// <summary>Creates the body from the days of a project.</summary>
    public static ProjectUsageBody Of(Guid? id, IReadOnlyList<ProjectInfo> projects, IEnumerable<DayUsage> days) => new(
        id,
        projects.FirstOrDefault(project => project.Id == id)?.Name,
        days.Where(day => day.Environment == DataEnvironment.Live).Sum(day => day.Accepted),
        days.Where(day => day.Environment == DataEnvironment.Test).Sum(day => day.Accepted));
}

/// <summary>The events of a project on one day.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="ProjectId">The id of the project; null for deleted projects.</param>
/// <param name="Env">The environment.</param>
/// <param name="Accepted">The number of accepted events.</param>
internal sealed record DayUsageBody(DateOnly Day, Guid? ProjectId, string Env, long Accepted)
{
    /// <summary>Creates the body from a stored day.</summary>
    public static DayUsageBody Of(DayUsage day) =>
        new(day.Day, day.ProjectId, day.Environment == DataEnvironment.Live ? "live" : "test", day.Accepted);
}
