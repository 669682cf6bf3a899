using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Subscriptions;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests.Product;

/// <summary>
/// What a tenant must have after what was done, computed from the actions and the rules of billing alone: neither the product nor the fake
/// is read.
/// </summary>
internal sealed class TenantModel(DateTimeOffset start)
{
    private static readonly int[] RetryDays = [3, 7, 14];
    private const int GiveUpDays = 21;

    public DateTimeOffset Now { get; private set; } = start;

    /// <summary>The plan that the operator set, or <c>null</c>.</summary>
    public PlanId? ByOperator { get; set; }

    /// <summary>The newest subscription, or <c>null</c>.</summary>
    public ModelSubscription? Subscription { get; private set; }

    /// <summary>The open page of Checkout, or <c>null</c>.</summary>
    public ModelPage? Page { get; private set; }

    /// <summary>The cap in US cents, or <c>null</c>.</summary>
    public long? Cap { get; set; }

    /// <summary>When the plan last changed, as Stripe has it or by the operator.</summary>
    public DateTimeOffset ChangedAt { get; set; } = start;

    /// <summary>Whether there is a subscription that isn't over.</summary>
    public bool IsSubscribed => Subscription is { IsOver: false };

    public PlanId Plan => ByOperator ?? (IsSubscribed ? Subscription!.Plan : PlanId.Free);

    public decimal CentsPerEvent => Subscription!.Plan == PlanId.Pro ? 0.05m : 0.015m;

    /// <summary>The events above the quota of a month that are accepted, or <c>null</c> if none are.</summary>
    public long? OverageEvents =>
        ByOperator is null && IsSubscribed && Subscription!.BillsEvents && Cap is { } cents ? (long)(cents / CentsPerEvent) : null;

    public void BeginCheckout(PlanId plan, BillingInterval interval)
    {
        if (Page is not { } page || page.ExpiresAt <= Now || (page.Plan, page.Interval) != (plan, interval))
            Page = new(plan, interval, Now);
    }

    public bool Pay(FakeCard card)
    {
        if (Page is not { } page || page.ExpiresAt <= Now || card == FakeCard.Declined)
            return false;
        Page = null;
        var day = page.BegunAt.Day;
        var months = page.Interval == BillingInterval.Year ? 12 : 1;
        var first = ProductWorld.HourOf(page.BegunAt);
        Subscription = new()
        {
            Plan = page.Plan, Interval = page.Interval, Card = card, Day = day, Anchor = ModelSubscription.Add(first, months, day),
        };
        Subscription.PeriodEnd = Subscription.Anchor;
        ChangedAt = Now;
        return true;
    }

    public PlanChangeOutcome? Change(PlanId plan, BillingInterval? interval)
    {
        if (!IsSubscribed)
            return PlanChangeOutcome.NotSubscribed;
        var sub = Subscription!;
        if (sub.FailedAt is not null && plan != PlanId.Free)
            return PlanChangeOutcome.Unpaid;
        var wanted = (Plan: plan, Interval: interval ?? sub.Interval);
        if (plan == PlanId.Free)
        {
            sub.Next = null;
            (var ended, sub.Cancels) = (sub.Cancels, true);
            return ended ? PlanChangeOutcome.Unchanged : PlanChangeOutcome.Ends;
        }

        if (wanted == (sub.Plan, sub.Interval))
        {
            var had = sub.Next is not null || sub.Cancels;
            (sub.Next, sub.Cancels) = (null, false);
            return had ? PlanChangeOutcome.Undone : PlanChangeOutcome.Unchanged;
        }

        if (plan < sub.Plan || (plan == sub.Plan && wanted.Interval < sub.Interval))
        {
            (var same, sub.Next, sub.Cancels) = (sub.Next == wanted, wanted, false);
            return same ? PlanChangeOutcome.Unchanged : PlanChangeOutcome.Scheduled;
        }

        sub.Next = null;
        // The card is declined: the plan and the end stay.
        if (sub.Card != FakeCard.Good)
            return null;
        if (wanted.Interval != sub.Interval)
            sub.PeriodEnd = sub.NextEnd(wanted.Interval, Now);
        (sub.Plan, sub.Interval, sub.Cancels) = (plan, wanted.Interval, false);
        ChangedAt = Now;
        return PlanChangeOutcome.Changed;
    }

    public void ChangeCard(FakeCard card, bool pays)
    {
        if (!IsSubscribed)
            return;
        Subscription!.Card = card;
        if (pays && Subscription.FailedAt is not null)
            Charge(Subscription);
    }

    public void DeleteCustomer()
    {
        if (Subscription is { IsOver: false } sub)
        {
            (sub.IsOver, sub.EndedBadly) = (true, true);
            ChangedAt = Now;
        }

        Page = null;
    }

    /// <summary>Advances the clock.</summary>
    public void AdvanceTo(DateTimeOffset target)
    {
        while (NextDue() is var (at, work) && at <= target)
        {
            Now = at > Now ? at : Now;
            work();
        }

        Now = target;
    }

    private (DateTimeOffset At, Action Do) NextDue()
    {
        if (Subscription is not { IsOver: false } sub)
            return (DateTimeOffset.MaxValue, () => { });
        (DateTimeOffset At, Action Do) next = (sub.PeriodEnd, () => Renew(sub));
        if (sub.DraftUntil is { } draft && draft <= next.At)
            next = (draft, () => Charge(sub));
        if (sub.FailedAt is not { } failed)
            return next;
        if (sub.Attempts <= RetryDays.Length && failed.AddDays(RetryDays[sub.Attempts - 1]) is var retry && retry <= next.At)
            next = (retry, () => Charge(sub));
        if (failed.AddDays(GiveUpDays) is var end && end < next.At)
            next = (end, () => End(sub, badly: true));
        return next;
    }

    private void Renew(ModelSubscription sub)
    {
        if (sub.Cancels)
        {
            End(sub, badly: false);
            return;
        }

        if (sub.Next is var (plan, interval))
        {
            if (interval != sub.Interval)
                sub.Anchor = sub.PeriodEnd;
            (sub.Plan, sub.Interval, sub.Next) = (plan, interval, null);
            ChangedAt = Now;
        }

        sub.PeriodEnd = sub.NextEnd(sub.Interval, sub.PeriodEnd);
        sub.DraftUntil = Now.AddHours(1);
    }

    private void Charge(ModelSubscription sub)
    {
        sub.DraftUntil = null;
        if (sub.Card == FakeCard.Good)
        {
            sub.FailedAt = null;
            sub.Attempts = 0;
            return;
        }

        sub.FailedAt ??= Now;
        sub.Attempts++;
    }

    private void End(ModelSubscription sub, bool badly)
    {
        (sub.IsOver, sub.EndedBadly) = (true, badly);
        ChangedAt = Now;
    }
}

/// <summary>A page of Checkout.</summary>
internal sealed record ModelPage(PlanId Plan, BillingInterval Interval, DateTimeOffset BegunAt)
{
    public DateTimeOffset ExpiresAt { get; } = BegunAt.AddHours(23);
}

/// <summary>A subscription.</summary>
internal sealed class ModelSubscription
{
    public required PlanId Plan { get; set; }

    public required BillingInterval Interval { get; set; }

    public required FakeCard Card { get; set; }

    /// <summary>The day of the month on which periods begin, or the last day of shorter months.</summary>
    public required int Day { get; init; }

    public required DateTimeOffset Anchor { get; set; }

    public DateTimeOffset PeriodEnd { get; set; }

    public (PlanId Plan, BillingInterval Interval)? Next { get; set; }

    public bool Cancels { get; set; }

    public bool BillsEvents { get; set; }

    public DateTimeOffset? DraftUntil { get; set; }

    public DateTimeOffset? FailedAt { get; set; }

    public int Attempts { get; set; }

    public bool IsOver { get; set; }

    /// <summary>Whether it ended otherwise than at the end of a period that was paid.</summary>
    public bool EndedBadly { get; set; }

    /// <summary>Returns the first end of a period after a time.</summary>
    public DateTimeOffset NextEnd(BillingInterval interval, DateTimeOffset after)
    {
        var months = interval == BillingInterval.Year ? 12 : 1;
        for (var i = -12; ; i++)
        {
            if (Add(Anchor, i * months, Day) is var end && end > after)
                return end;
        }
    }

    public static DateTimeOffset Add(DateTimeOffset time, int months, int day)
    {
        var first = new DateTimeOffset(time.Year, time.Month, 1, time.Hour, 0, 0, TimeSpan.Zero).AddMonths(months);
        return first.AddDays(Math.Min(day, DateTime.DaysInMonth(first.Year, first.Month)) - 1);
    }

    public override string ToString() =>
        $"{Plan} {Interval} until {PeriodEnd:u}, next {Next}, cancels {Cancels}, events {BillsEvents}, failed {FailedAt:u}, over {IsOver}";
}
