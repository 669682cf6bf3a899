using System.Globalization;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>Writes the mails to owners about quotas and plans.</summary>
internal sealed class PlanLetters(PublicAddress address)
{
    /// <summary>The mail about the used part of a month's quota.</summary>
    public async Task<Letter> UsageAsync(
        string email, Tenant tenant, int percent, long limit, DateTimeOffset resets, CancellationToken cancellationToken) => new(
        $"usage-{percent}", email,
        percent < 100
            ? $"{tenant.Name} has used {percent} % of this month's events"
            : $"{tenant.Name} has used all of this month's events",
        [
            percent < 100
                ? $"{tenant.Name} has used {percent} % of the {Number(limit)} events "
                    + $"that its plan ({tenant.Plan.Plan.Code}) includes per month."
                : $"{tenant.Name} has used all {Number(limit)} events that its plan ({tenant.Plan.Plan.Code}) includes per month. "
                    + "Further events are refused. SDKs keep them and send them again later.",
            $"The next month begins on {Day(resets)} at 00:00 UTC.",
        ],
        new("See the usage", await address.PageAsync("usage", null, cancellationToken)));

    /// <summary>The mail about a plan that keeps data for a shorter time than before.</summary>
    public async Task<Letter> DowngradeAsync(
        string email, Tenant tenant, int kept, DateTimeOffset deletedFrom, CancellationToken cancellationToken) => new(
        "downgrade", email, $"Older data of {tenant.Name} will be deleted",
        [
            $"The plan of {tenant.Name} is now {tenant.Plan.Plan.Code}, which keeps {Number(kept)} days of data instead of "
            + $"{(tenant.KeptDaysBefore is { } before ? $"{Number(before)} days" : "all")}.",
            $"From {Day(deletedFrom)} on, events and statistics that are older than {Number(kept)} days will be deleted permanently. "
            + $"Nothing will be deleted in the {Number((int)Limits.DowngradeNotice.TotalDays)} days before.",
        ],
        new("See the plan", await address.PageAsync("plan", null, cancellationToken)),
        ["If you choose a plan that keeps more before that day, nothing will be deleted."]);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
