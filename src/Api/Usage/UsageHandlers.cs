using System.Globalization;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Stats;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Usage;

/// <summary>Handler of a tenant's usage of its quotas.</summary>
internal static class UsageHandlers
{
    private static readonly QueryParameter Month = new("month", "A UTC calendar month such as 2026-11; the current month by default.")
    {
        Maximum = 7,
    };

    public static readonly QueryParameters Parameters = new(CallerFilter.Tenant, Month);

    public static async Task<IResult> GetAsync(
        HttpContext http, IAccountStore store, ITenantOperations tenants, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, Parameters);
        var today = time.Today();
        var month = ReadMonth(reader, today);
        if (reader.Problem is { } problem)
            return problem;
        var tenant = http.TenantCaller().Tenant;
        var usage = await store.Usage.ReadAsync(tenant.Id, month, http.RequestAborted);
        var projects = await store.Projects.ListAsync(tenant.Id, http.RequestAborted);
        var isCurrent = month.Year == today.Year && month.Month == today.Month;
        var forecast = isCurrent ? await tenants.ForecastAsync(tenant.Id, http.RequestAborted) : null;
        var plan = tenant.Plan;
        var byProject = usage.Days.GroupBy(day => day.ProjectId).Select(days => ProjectUsageBody.Of(days.Key, projects, days));
        return TypedResults.Json(
            new UsageBody(
                tenant.Id,
                month.ToString("yyyy-MM", CultureInfo.InvariantCulture),
                new DateTimeOffset(month.AddMonths(1), TimeOnly.MinValue, TimeSpan.Zero),
                QuotaBody.Of(usage.Live, tenant.LimitsIn(QuotaMonth.Of(month)).Quota),
                QuotaBody.Of(usage.Test, plan.Plan.TestEventsPerMonth),
                ForecastBody.Of(forecast, usage.Live),
                [.. byProject.OrderByDescending(project => project.Live)],
                [.. usage.Days.Select(DayUsageBody.Of)]),
            UsageJson.Wire.UsageBody);
    }

    private static DateOnly ReadMonth(QueryReader reader, DateOnly today)
    {
        var current = new DateOnly(today.Year, today.Month, 1);
        if (reader.Text(Month) is not { } text)
            return current;
        if (DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            && month <= current)
            return month;
        reader.Fault(Month, "It must be a month such as 2026-11, and not in the future.");
        return current;
    }
}
