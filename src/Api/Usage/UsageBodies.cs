using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Usage;

/// <summary>A tenant's usage of its quotas in one UTC calendar month. Events are counted on the day of their arrival.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Month">The month, such as 2026-11.</param>
/// <param name="ResetsAt">The time at which the next month and its quota begin.</param>
/// <param name="Live">The usage of live events by all projects.</param>
/// <param name="Test">The usage of events of the test environment by all projects.</param>
/// <param name="Projects">The usage by project. The sum is the usage of the month.</param>
/// <param name="Days">The usage by day, project and environment, without entries of zero. The sum is the usage of the month.</param>
internal sealed record UsageBody(
    Guid TenantId,
    string Month,
    DateTimeOffset ResetsAt,
    QuotaBody Live,
    QuotaBody Test,
    IReadOnlyList<ProjectUsageBody> Projects,
    IReadOnlyList<DayUsageBody> Days);

/// <summary>The usage of a quota.</summary>
/// <param name="Accepted">Number of events accepted in the month.</param>
/// <param name="Limit">The limit of the tenant's current plan; null if unlimited.</param>
/// <param name="Remaining">The remaining number of events; null if unlimited.</param>
internal sealed record QuotaBody(long Accepted, long? Limit, long? Remaining)
{
    /// <summary>Creates the body from the accepted events and the limit.</summary>
    public static QuotaBody Of(long accepted, long? limit) =>
        new(accepted, limit, limit is null ? null : Math.Max(0, limit.Value - accepted));
}

/// <summary>The usage of a project in the month.</summary>
/// <param name="Id">The project; null for the sum of all deleted projects.</param>
/// <param name="Name">The project's name; null for deleted projects.</param>
/// <param name="Live">Number of accepted live events.</param>
/// <param name="Test">Number of accepted events of the test environment.</param>
internal sealed record ProjectUsageBody(Guid? Id, string? Name, long Live, long Test)
{
    /// <summary>Creates the body from the days of a project.</summary>
    public static ProjectUsageBody Of(Guid? id, IReadOnlyList<ProjectInfo> projects, IEnumerable<DayUsage> days) => new(
        id,
        projects.FirstOrDefault(project => project.Id == id)?.Name,
        days.Where(day => day.Environment == DataEnvironment.Live).Sum(day => day.Accepted),
        days.Where(day => day.Environment == DataEnvironment.Test).Sum(day => day.Accepted));
}

/// <summary>The usage of a project on a day.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="ProjectId">The project; null for deleted projects.</param>
/// <param name="Env"><c>live</c> or <c>test</c>.</param>
/// <param name="Accepted">Number of accepted events.</param>
internal sealed record DayUsageBody(DateOnly Day, Guid? ProjectId, string Env, long Accepted)
{
    /// <summary>Creates the body from a stored day.</summary>
    public static DayUsageBody Of(DayUsage day) =>
        new(day.Day, day.ProjectId, day.Environment == DataEnvironment.Live ? "live" : "test", day.Accepted);
}
