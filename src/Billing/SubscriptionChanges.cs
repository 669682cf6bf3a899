using Stripe;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing;

/// <summary>
/// Changes subscriptions. Each change first reads the subscription and does only what is missing, so a change that is repeated after a
/// crash continues. Idempotency keys cover calls that are repeated at the same time.
/// </summary>
internal sealed class SubscriptionChanges(StripeCalls calls, PriceBook prices, SubscriptionReader reader)
{
    // Stripe clears a time that is sent as an empty text; Stripe.net leaves out what is null.
    private static readonly Dictionary<string, object> NoEnd = new() { ["cancel_at"] = "" };

    /// <summary>See <see cref="IBillingGateway.ChangeNowAsync"/>.</summary>
    public async Task ChangeNowAsync(string id, PlanId plan, BillingInterval interval, string key, CancellationToken cancellationToken)
    {
        var subscription = await reader.GetAsync(id, cancellationToken);
        await ReleaseAsync(subscription, key, cancellationToken);
        var item = PlanItem(subscription);
        var overage = SubscriptionReader.OverageItemOf(subscription);
        List<SubscriptionItemOptions> items = [];
        if (PriceBook.KeyOf(item.Price) != PlanPrices.KeyOf(plan, interval))
            items.Add(new() { Id = item.Id, Price = await prices.IdOfAsync(PlanPrices.KeyOf(plan, interval), cancellationToken) });
        // In the flexible billing mode what was reported until now is billed with the former price. The item stays if events aren't billed
        // any more: those of this hour will be reported.
        if (overage is not null && PriceBook.KeyOf(overage.Price) != PlanPrices.OverageKeyOf(plan))
            items.Add(new() { Id = overage.Id, Price = await prices.IdOfAsync(PlanPrices.OverageKeyOf(plan), cancellationToken) });
        if (items.Count == 0)
        {
            await ContinueAsync(subscription, key, cancellationToken);
            return;
        }

        var options = new SubscriptionUpdateOptions
        {
            Items = items,
            ProrationBehavior = "always_invoice",
            // Nothing changes if the card is declined.
            PaymentBehavior = "error_if_incomplete",
            // Periods begin on full hours; see CreateCheckoutAsync.
            BillingCycleAnchor = new() { Type = "unchanged" },
            ExtraParams = HasEnd(subscription) ? NoEnd : null,
        };
        await MatchOverageAsync(await UpdateAsync(id, options, $"{key}-change", cancellationToken), key, cancellationToken);
    }

    /// <summary>See <see cref="IBillingGateway.ChangeAtPeriodEndAsync"/>.</summary>
    public async Task ChangeAtPeriodEndAsync(
        string id, PlanId plan, BillingInterval interval, string key, CancellationToken cancellationToken)
    {
        var subscription = await reader.GetAsync(id, cancellationToken);
        await ContinueAsync(subscription, key, cancellationToken);
        await PlanNextAsync(subscription, plan, interval, key, cancellationToken);
    }

    /// <summary>See <see cref="IBillingGateway.CancelAtPeriodEndAsync"/>.</summary>
    public async Task CancelAtPeriodEndAsync(string id, string key, CancellationToken cancellationToken)
    {
        var subscription = await reader.GetAsync(id, cancellationToken);
        await ReleaseAsync(subscription, key, cancellationToken);
        if (HasEnd(subscription))
            return;
        // The items of a plan that is paid each year and of its monthly events end at different times.
        var options = new SubscriptionUpdateOptions { CancelAt = SubscriptionCancelAt.MaxPeriodEnd };
        await UpdateAsync(id, options, $"{key}-cancel", cancellationToken);
    }

    /// <summary>See <see cref="IBillingGateway.UndoChangeAsync"/>.</summary>
    public async Task UndoAsync(string id, string key, CancellationToken cancellationToken)
    {
        var subscription = await reader.GetAsync(id, cancellationToken);
        await ReleaseAsync(subscription, key, cancellationToken);
        await ContinueAsync(subscription, key, cancellationToken);
    }

    /// <summary>See <see cref="IBillingGateway.CancelNowAsync"/>.</summary>
    public async Task CancelNowAsync(string id, string key, CancellationToken cancellationToken)
    {
        var subscription = await reader.GetAsync(id, cancellationToken);
        if (!BillingState.IsOpen(SubscriptionReader.StatusOf(subscription.Status)))
            return;
        var options = new SubscriptionCancelOptions { InvoiceNow = true, Prorate = false };
        // Of two calls at once, the second finds nothing to end.
        await calls.FindAsync(
            () => calls.V1.Subscriptions.CancelAsync(id, options, StripeCalls.Once($"{key}-end"), cancellationToken), cancellationToken);
    }

    /// <summary>See <see cref="IBillingGateway.SetOverageAsync"/>.</summary>
    public async Task SetOverageAsync(string id, bool isBilled, string key, CancellationToken cancellationToken)
    {
        var subscription = await reader.GetAsync(id, cancellationToken);
        if (isBilled == SubscriptionReader.BillsOverage(subscription))
            return;
        var metadata = new Dictionary<string, string>
        {
            [SubscriptionReader.OverageMetadata] = isBilled ? SubscriptionReader.On : "off",
        };
        // The item stays until the plan changes: what was counted before is still to be reported.
        if (!isBilled)
        {
            await UpdateAsync(id, new() { Metadata = metadata }, $"{key}-overage", cancellationToken);
            return;
        }

        var plan = PlanPrices.Find(PriceBook.KeyOf(PlanItem(subscription).Price))!.Value.Plan;
        var price = SubscriptionReader.OverageItemOf(subscription) is null
            ? await prices.IdOfAsync(PlanPrices.OverageKeyOf(plan), cancellationToken) : null;
        var known = await reader.ReadAsync(subscription, [], cancellationToken);
        var options = new SubscriptionUpdateOptions { Metadata = metadata };
        // Of a subscription with a schedule, only the schedule changes the items.
        if (SubscriptionReader.ScheduleOf(subscription) is { } schedule && known.Next is { } next)
        {
            var planned = new Planned(next.Plan, next.Interval, BillsOverage: true, price);
            await UpdatePhasesAsync(subscription, schedule, planned, $"{key}-overage-phases", cancellationToken);
        }
        else if (price is not null)
        {
            await ReleaseAsync(subscription, key, cancellationToken);
            options.Items = [new() { Price = price }];
            options.ProrationBehavior = "none";
        }

        await MatchOverageAsync(await UpdateAsync(id, options, $"{key}-overage", cancellationToken), key, cancellationToken);
    }

    // The plan may have changed since the subscription was read. Of two calls at once, the one whose change is the last one sees both.
    private async Task MatchOverageAsync(Subscription changed, string key, CancellationToken cancellationToken)
    {
        if (PlanPrices.Find(PriceBook.KeyOf(SubscriptionReader.PlanItemOf(changed)?.Price)) is not var (plan, _)
            || SubscriptionReader.OverageItemOf(changed) is not { } item
            || PriceBook.KeyOf(item.Price) == PlanPrices.OverageKeyOf(plan))
            return;
        var options = new SubscriptionUpdateOptions
        {
            Items = [new() { Id = item.Id, Price = await prices.IdOfAsync(PlanPrices.OverageKeyOf(plan), cancellationToken) }],
            ProrationBehavior = "none",
        };
        await UpdateAsync(changed.Id, options, $"{key}-price", cancellationToken);
    }

    private async Task PlanNextAsync(
        Subscription subscription, PlanId plan, BillingInterval interval, string key, CancellationToken cancellationToken)
    {
        var known = await reader.ReadAsync(subscription, [], cancellationToken);
        if (known.Next is { } next && (next.Plan, next.Interval) == (plan, interval))
            return;
        var create = new SubscriptionScheduleCreateOptions { FromSubscription = subscription.Id };
        var schedule = SubscriptionReader.ScheduleOf(subscription) ?? await calls.RunAsync(
            () => calls.V1.SubscriptionSchedules.CreateAsync(create, StripeCalls.Once($"{key}-schedule"), cancellationToken),
            cancellationToken);
        var planned = new Planned(plan, interval, SubscriptionReader.BillsOverage(subscription), AddedPrice: null);
        await UpdatePhasesAsync(subscription, schedule, planned, $"{key}-phases", cancellationToken);
    }

    private async Task UpdatePhasesAsync(
        Subscription subscription, SubscriptionSchedule schedule, Planned planned, string key, CancellationToken cancellationToken)
    {
        var item = PlanItem(subscription);
        // Stripe doesn't accept another start of the phase that runs.
        var start = schedule.CurrentPhase?.StartDate ?? schedule.Phases[0].StartDate;
        var now = subscription.Items.Data.ConvertAll(PhaseItem);
        List<SubscriptionSchedulePhaseItemOptions> later =
        [
            new() { Price = await prices.IdOfAsync(PlanPrices.KeyOf(planned.Plan, planned.Interval), cancellationToken), Quantity = 1 },
        ];
        if (planned.AddedPrice is not null)
            now.Add(new() { Price = planned.AddedPrice });
        if (planned.BillsOverage)
            later.Add(new() { Price = await prices.IdOfAsync(PlanPrices.OverageKeyOf(planned.Plan), cancellationToken) });
        var options = new SubscriptionScheduleUpdateOptions
        {
            EndBehavior = "release",
            ProrationBehavior = "none",
            Phases =
            [
                new() { Items = now, StartDate = start, EndDate = item.CurrentPeriodEnd, ProrationBehavior = "none" },
                new()
                {
                    Items = later,
                    StartDate = item.CurrentPeriodEnd,
                    Duration = new() { Interval = planned.Interval == BillingInterval.Year ? "year" : "month", IntervalCount = 1 },
                    ProrationBehavior = "none",
                },
            ],
        };
        await calls.RunAsync(
            () => calls.V1.SubscriptionSchedules.UpdateAsync(schedule.Id, options, StripeCalls.Once(key), cancellationToken),
            cancellationToken);
    }

    private async Task ReleaseAsync(Subscription subscription, string key, CancellationToken cancellationToken)
    {
        if (SubscriptionReader.ScheduleOf(subscription) is not { } schedule)
            return;
        await calls.RunAsync(
            () => calls.V1.SubscriptionSchedules.ReleaseAsync(
                schedule.Id, new(), StripeCalls.Once($"{key}-release-{schedule.Id}"), cancellationToken),
            cancellationToken);
    }

    private async Task ContinueAsync(Subscription subscription, string key, CancellationToken cancellationToken)
    {
        if (HasEnd(subscription))
            await UpdateAsync(subscription.Id, new() { ExtraParams = NoEnd }, $"{key}-continue", cancellationToken);
    }

    private Task<Subscription> UpdateAsync(string id, SubscriptionUpdateOptions options, string key, CancellationToken cancellationToken) =>
        calls.RunAsync(
            () => calls.V1.Subscriptions.UpdateAsync(id, options, StripeCalls.Once(key), cancellationToken), cancellationToken);

    // The quantity of metered items is what is reported.
    private static SubscriptionSchedulePhaseItemOptions PhaseItem(SubscriptionItem item) => new()
    {
        Price = item.Price.Id, Quantity = item.Price.Recurring?.UsageType == "metered" ? null : item.Quantity,
    };

    private static bool HasEnd(Subscription subscription) => subscription.CancelAt is not null || subscription.CancelAtPeriodEnd;

    private static SubscriptionItem PlanItem(Subscription subscription) =>
        SubscriptionReader.PlanItemOf(subscription)
        ?? throw new BillingRefusedException("The subscription has no price of a plan.", "no_plan");

    // AddedPrice: the price of an item that is missing now.
    private sealed record Planned(PlanId Plan, BillingInterval Interval, bool BillsOverage, string? AddedPrice);
}
