using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Usage;

/// <summary>What a tenant has used of its quotas in one UTC calendar month. Days are those on which events arrived, whenever they happened.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Month">The month, such as 2026-11.</param>
/// <param name="ResetsAt">When the next month begins, and with it a new quota.</param>
/// <param name="Live">Live events of all projects.</param>
/// <param name="Test">Events of the test environment of all projects.</param>
/// <param name="Projects">The same by project; they add up to the month's.</param>
/// <param name="Days">The same by day, project and environment, as far as anything was accepted; they add up to the month's too.</param>
internal sealed record UsageBody(
    Guid TenantId, string Month, DateTimeOffset ResetsAt, QuotaBody Live, QuotaBody Test, IReadOnlyList<ProjectUsageBody> Projects, IReadOnlyList<DayUsageBody> Days);

/// <summary>A quota and what is used of it.</summary>
/// <param name="Accepted">Events accepted in the month.</param>
/// <param name="Limit">The most that may be, by the tenant's plan now; null where there is no limit.</param>
/// <param name="Remaining">What is left of it; null where there is no limit.</param>
internal sealed record QuotaBody(long Accepted, long? Limit, long? Remaining)
{
    /// <summary>From the two numbers.</summary>
    public static QuotaBody Of(long accepted, long? limit) => new(accepted, limit, limit is null ? null : Math.Max(0, limit.Value - accepted));
}

/// <summary>What a project had accepted in the month.</summary>
/// <param name="Id">The project; null for all that were deleted, together.</param>
/// <param name="Name">Its name; null for deleted ones.</param>
/// <param name="Live">Live events.</param>
/// <param name="Test">Events of the test environment.</param>
internal sealed record ProjectUsageBody(Guid? Id, string? Name, long Live, long Test)
{
    /// <summary>From the days of a project.</summary>
    public static ProjectUsageBody Of(Guid? id, IReadOnlyList<ProjectInfo> projects, IEnumerable<DayUsage> days) => new(
        id,
        projects.FirstOrDefault(project => project.Id == id)?.Name,
        days.Where(day => day.Environment == DataEnvironment.Live).Sum(day => day.Accepted),
        days.Where(day => day.Environment == DataEnvironment.Test).Sum(day => day.Accepted));
}

/// <summary>What a project had accepted on a day.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="ProjectId">The project; null for deleted ones.</param>
/// <param name="Env">live or test.</param>
/// <param name="Accepted">Events.</param>
internal sealed record DayUsageBody(DateOnly Day, Guid? ProjectId, string Env, long Accepted)
{
    /// <summary>From the store.</summary>
    public static DayUsageBody Of(DayUsage day) => new(day.Day, day.ProjectId, day.Environment == DataEnvironment.Live ? "live" : "test", day.Accepted);
}
