using System.Globalization;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>What the owner of a tenant gets mail about: its quota and its plan.</summary>
internal sealed class PlanLetters(PublicAddress address)
{
    /// <summary>So much of the month's quota is spent.</summary>
    public async Task<Letter> UsageAsync(string email, Tenant tenant, int percent, long limit, DateTimeOffset resets, CancellationToken cancellationToken) => new(
        $"usage-{percent}", email, percent < 100 ? $"{tenant.Name} has used {percent} % of this month's events" : $"{tenant.Name} has used all of this month's events",
        [
            percent < 100
                ? $"{tenant.Name} has had {percent} % of the {Number(limit)} events accepted that its plan ({tenant.Plan.Plan.Code}) has for this month."
                : $"{tenant.Name} has had all {Number(limit)} events accepted that its plan ({tenant.Plan.Plan.Code}) has for this month. Further events are refused; SDKs keep them and send them again later.",
            $"The next month begins on {Day(resets)} at 00:00 UTC.",
        ],
        new("See the usage", await address.PageAsync("usage", null, cancellationToken)));

    /// <summary>The plan keeps data for a shorter time than before.</summary>
    public async Task<Letter> DowngradeAsync(string email, Tenant tenant, int kept, DateTimeOffset goes, CancellationToken cancellationToken) => new(
        "downgrade", email, $"Older data of {tenant.Name} will be deleted",
        [
            $"The plan of {tenant.Name} is now {tenant.Plan.Plan.Code}, which keeps {Number(kept)} days of data instead of {(tenant.KeptDaysBefore is { } before ? $"{Number(before)} days" : "all")}.",
            $"From {Day(goes)} on, events and statistics that are older than {Number(kept)} days are deleted, each project's for good. Nothing is deleted in the "
            + $"{Number((int)Limits.DowngradeNotice.TotalDays)} days before.",
        ],
        new("See the plan", await address.PageAsync("plan", null, cancellationToken)),
        ["A plan that keeps more, chosen before that day, keeps it all."]);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
