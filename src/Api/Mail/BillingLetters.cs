using System.Globalization;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Api.Mail;

/// <summary>Writes the mails about subscriptions. Receipts and failed payments have mails of the payment provider, too.</summary>
internal sealed class BillingLetters(PublicAddress address)
{
    /// <summary>The mail about a plan that a subscription gives.</summary>
    public async Task<Letter> PlanAsync(string email, Tenant tenant, CancellationToken cancellationToken)
    {
        var name = DisplayName.Unlinked(tenant.Name);
        var plan = tenant.Plan;
        return new(
            "billing-plan", email, $"{name} has the plan {plan.Plan.Code}",
            [
                $"{name} can send {Number(plan.EventsPerMonth)} events per month now, and keeps {Number(plan.KeptDays)} days of data.",
                "Events that were refused because the quota was used up are sent again by the SDKs within the hour.",
            ],
            await LinkAsync(cancellationToken));
    }

    /// <summary>The mail about a plan that changes when the paid period ends.</summary>
    public async Task<Letter> ScheduledAsync(
        string email, Tenant tenant, PlanId plan, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var name = DisplayName.Unlinked(tenant.Name);
        var next = PlanTable.Of(plan);
        return new(
            "billing-scheduled", email, $"The plan of {name} changes to {next.Code} on {Day(at)}",
            [
                $"Until {Day(at)} everything stays as it is. From then on {name} has the plan {next.Code}: "
                + $"{Number(next.EventsPerMonth)} events per month, and {Number(next.KeptDays)} days of data.",
                "Older data is deleted 14 days after a further mail at the earliest.",
            ],
            await LinkAsync(cancellationToken),
            ["You can drop the change until that day."]);
    }

    /// <summary>The mail about a payment that failed.</summary>
    /// <param name="email">The owner's address.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="isLast">Whether it is the last one before the subscription ends.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Letter> PastDueAsync(string email, Tenant tenant, bool isLast, CancellationToken cancellationToken)
    {
        var name = DisplayName.Unlinked(tenant.Name);
        return new(
            "billing-past-due", email,
            isLast ? $"The subscription of {name} is about to end" : $"A payment for {name} failed",
            [
                $"The payment for the plan {tenant.Plan.Plan.Code} of {name} failed. Nothing changes for now, and the payment is tried "
                + "again.",
                isLast
                    ? "If it isn't paid within days, the subscription ends and the plan becomes free. Events within its quota are still "
                        + "accepted."
                    : "Please replace the card, or pay the open invoice.",
            ],
            await LinkAsync(cancellationToken));
    }

    /// <summary>The mail about a subscription that ended.</summary>
    public async Task<Letter> EndedAsync(string email, Tenant tenant, CancellationToken cancellationToken)
    {
        var name = DisplayName.Unlinked(tenant.Name);
        return new(
            "billing-ended", email, $"The subscription of {name} has ended",
            [
                $"{name} has the plan {tenant.Plan.Plan.Code} now: {Number(tenant.Plan.EventsPerMonth)} events per month, and "
                + $"{Number(tenant.Plan.KeptDays)} days of data. Nothing was deleted.",
                "Data that is above the quota stays readable. Older data is deleted 14 days after a further mail at the earliest.",
            ],
            await LinkAsync(cancellationToken));
    }

    /// <summary>The mail about the cap of events above the quota.</summary>
    public async Task<Letter> CapAsync(
        string email, Tenant tenant, int percent, long cents, DateTimeOffset resets, CancellationToken cancellationToken)
    {
        var name = DisplayName.Unlinked(tenant.Name);
        var cap = (cents / 100m).ToString("0.##", CultureInfo.InvariantCulture);
        return new(
            $"billing-cap-{percent}", email,
            percent < 100 ? $"{name} has used {percent} % of its cap of {cap} USD" : $"{name} has used its cap of {cap} USD",
            [
                percent < 100
                    ? $"{name} has used {percent} % of the {cap} USD that you allow for events above the quota this month."
                    : $"{name} has used the {cap} USD that you allow for events above the quota this month. Further events are refused. "
                        + "SDKs keep them and send them again later.",
                $"The next month begins on {Day(resets)} at 00:00 UTC.",
            ],
            await LinkAsync(cancellationToken));
    }

    private async Task<LetterLink> LinkAsync(CancellationToken cancellationToken) =>
        new("See the plan", await address.PageAsync("plan", null, cancellationToken));

    private static string Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "unlimited";

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
