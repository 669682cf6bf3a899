using System.Globalization;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Notices;

/// <summary>Computes the notices about a subscription that are due in a state. Which of them were sent is stored.</summary>
internal static class BillingNotices
{
    /// <summary>The days after a failed payment on which the owner gets a mail. The last one is before the subscription ends.</summary>
    public static readonly IReadOnlyList<int> PastDueDays = [0, 3, 7, Limits.LastPastDueDay];

    /// <summary>Returns the notices that are due.</summary>
    public static IEnumerable<PlanMail> Of(Tenant tenant, BillingAccount account, DateTimeOffset now)
    {
        var state = account.State;
        if (account.PlanSince is { } since && !tenant.PlanByOperator)
            yield return Mail(state.Plan == PlanId.Free ? PlanMails.EndedKind : PlanMails.PlanKind, PeriodOf(since), since);
        if (Scheduled(state) is var (plan, at))
            yield return Mail(PlanMails.ScheduledKind, $"{PeriodOf(at)}/{(int)plan}", at) with { Plan = plan };
        if (state is { Status: SubscriptionStatus.PastDue, UnpaidSince: { } unpaid })
        {
            // After a time without synchronisations only the newest.
            var day = PastDueDays.LastOrDefault(day => now >= unpaid + TimeSpan.FromDays(day), 0);
            yield return Mail(PlanMails.PastDueKind, $"{PeriodOf(unpaid)}/{day}", unpaid) with { Percent = day };
        }

        PlanMail Mail(string kind, string period, DateTimeOffset at) =>
            new(new Notice(tenant.Id, kind, period), Percent: 0, Limit: 0, at);
    }

    /// <summary>Returns the notices about the cap of events above the quota that are due.</summary>
    public static IEnumerable<PlanMail> OfCap(Tenant tenant, BillingAccount account, UsageReading usage, DateTimeOffset now)
    {
        if (account.OverageCapCents is not { } cents || usage is not { Limit: { } included, Overage: { } events and > 0 })
            yield break;
        var period = string.Create(CultureInfo.InvariantCulture, $"{usage.Month:yyyy-MM}/{cents}");
        foreach (var percent in UsageThresholds.Percents)
        {
            if (UsageThresholds.IsReached(Math.Max(0, usage.Accepted - included), events, percent))
            {
                yield return new(
                    new Notice(tenant.Id, $"{PlanMails.CapKind}_{percent}", period), percent, cents, now + QuotaMonth.UntilNext(now));
            }
        }
    }

    /// <summary>Returns the plan of a scheduled change or end, and its time; <c>null</c> if there is none.</summary>
    public static (PlanId Plan, DateTimeOffset At)? Scheduled(BillingState state) =>
        state.Plan == PlanId.Free ? null
        : state.EndsAt is { } ends ? (PlanId.Free, ends)
        : state.Next is { } next && next.Plan < state.Plan ? (next.Plan, next.At)
        : null;

    private static string PeriodOf(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
