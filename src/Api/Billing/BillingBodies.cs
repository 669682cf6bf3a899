using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Billing;

/// <summary>What to subscribe to.</summary>
/// <param name="Plan">The plan: pro or business.</param>
/// <param name="Interval">How often it is paid: month (the default) or year.</param>
internal sealed record CheckoutBody(string? Plan, string? Interval = null);

/// <summary>What to change a subscription to.</summary>
/// <param name="Plan">
/// The plan: pro, business, or free to end the subscription when the paid period ends. The current plan drops a scheduled change or end.
/// </param>
/// <param name="Interval">How often it is paid: month or year; the current interval by default.</param>
internal sealed record ChangeBody(string? Plan, string? Interval = null);

/// <summary>Whether events above the quota are accepted and billed.</summary>
/// <param name="Enabled">Whether they are.</param>
/// <param name="CapUsd">The most US dollars that they may cost in a UTC calendar month; required if they are accepted.</param>
internal sealed record OverageBody(bool? Enabled, decimal? CapUsd = null);

/// <summary>A page of the payment provider.</summary>
/// <param name="Kind">checkout: to subscribe; card: to replace a card that failed, because there is a subscription; portal.</param>
/// <param name="Url">The address. It can be opened for a limited time.</param>
internal sealed record BillingPageBody(string Kind, Uri Url);

/// <summary>A Checkout that was left.</summary>
/// <param name="Tenant">The id of the tenant.</param>
/// <param name="Checkout">The id of the Checkout. Both are in the address to which it returns.</param>
internal sealed record CheckoutReturnBody(Guid? Tenant, string? Checkout);

/// <summary>The plan after a Checkout.</summary>
/// <param name="Plan">The plan that is paid; free while the payment isn't confirmed.</param>
/// <param name="Confirmed">Whether the payment is confirmed, so that the plan applies.</param>
internal sealed record CheckoutReturnedBody(string Plan, bool Confirmed);

/// <summary>The outcome of a change.</summary>
/// <param name="Outcome">
/// changed: at once; scheduled: when the period ends; ends: the subscription ends when the period does; undone: a scheduled change or end
/// was dropped; unchanged: it was so already.
/// </param>
internal sealed record ChangedBody(string Outcome);

/// <summary>The subscription of a tenant, and what it costs.</summary>
/// <param name="Plan">The plan that the tenant has.</param>
/// <param name="SetByOperator">Whether the operator set the plan. Then subscriptions don't change it.</param>
/// <param name="Status">
/// The status of the subscription: trialing, active, past_due, unpaid, paused, incomplete, incomplete_expired or canceled; null if there
/// never was one.
/// </param>
/// <param name="SubscribedPlan">The plan of the subscription, also if it isn't paid.</param>
/// <param name="Interval">How often it is paid: month or year.</param>
/// <param name="RenewsAt">When it is paid again; null if it ends.</param>
/// <param name="EndsAt">When it ends; null if it is renewed.</param>
/// <param name="Next">The change when the period ends; null if there is none.</param>
/// <param name="PastDue">What to do about a payment that failed; null if none did.</param>
/// <param name="Card">The card; null if there is none.</param>
/// <param name="Usage">The events of this month.</param>
/// <param name="Overage">Events above the quota.</param>
/// <param name="UpcomingInvoice">The next invoice; null if there is none, or if the payment provider can't be asked.</param>
/// <param name="Invoices">The newest invoices, newest first; null if the payment provider can't be asked.</param>
/// <param name="SyncedAt">When the state was last fetched; null if it never was.</param>
internal sealed record BillingBody(
    string Plan,
    bool SetByOperator,
    string? Status,
    string? SubscribedPlan,
    string? Interval,
    DateTimeOffset? RenewsAt,
    DateTimeOffset? EndsAt,
    NextPlanBody? Next,
    PastDueBody? PastDue,
    CardBody? Card,
    BillingUsageBody Usage,
    BilledOverageBody Overage,
    UpcomingInvoiceBody? UpcomingInvoice,
    IReadOnlyList<InvoiceBody>? Invoices,
    DateTimeOffset? SyncedAt);

/// <summary>A change of the plan when the paid period ends.</summary>
/// <param name="Plan">The plan from then on.</param>
/// <param name="Interval">How often it is paid from then on.</param>
/// <param name="At">When.</param>
internal sealed record NextPlanBody(string Plan, string Interval, DateTimeOffset At);

/// <summary>A payment that failed.</summary>
/// <param name="Since">Since when an invoice is unpaid.</param>
/// <param name="Message">What to do.</param>
internal sealed record PastDueBody(DateTimeOffset? Since, string Message);

/// <summary>A card.</summary>
/// <param name="Brand">Its brand, such as visa.</param>
/// <param name="LastFour">Its last four digits.</param>
internal sealed record CardBody(string Brand, string LastFour);

/// <summary>The events of the current month.</summary>
/// <param name="Accepted">The live events that were accepted.</param>
/// <param name="Included">Those that the plan includes; null if there is no limit.</param>
/// <param name="Forecast">The live events that are expected; null if that isn't known yet.</param>
internal sealed record BillingUsageBody(long Accepted, long? Included, long? Forecast);

/// <summary>Events above the quota.</summary>
/// <param name="Enabled">Whether they are accepted and billed.</param>
/// <param name="CapUsd">The most US dollars that they may cost in a UTC calendar month; null if they are refused.</param>
/// <param name="UsdPerThousand">The price of 1,000 of them; null if the subscription has no price for them.</param>
/// <param name="Events">Those of this month.</param>
/// <param name="MostEvents">How many of this month the cap pays for; null if they are refused.</param>
/// <param name="CostUsd">
/// What those of this month cost, each at the price of its time, without taxes; null if there are none and no price for them.
/// </param>
internal sealed record BilledOverageBody(
    bool Enabled, decimal? CapUsd, decimal? UsdPerThousand, long Events, long? MostEvents, decimal? CostUsd);

/// <summary>The next invoice.</summary>
/// <param name="Amount">The sum with taxes, in the unit of the currency.</param>
/// <param name="Currency">The currency.</param>
/// <param name="At">When it is due.</param>
internal sealed record UpcomingInvoiceBody(decimal Amount, string Currency, DateTimeOffset At);

/// <summary>An invoice.</summary>
/// <param name="Number">Its number; null for a draft.</param>
/// <param name="Status">draft, open, paid, uncollectible or void.</param>
/// <param name="Amount">The sum with taxes, in the unit of the currency.</param>
/// <param name="Currency">The currency.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Url">Its page, on which it can be paid; null for a draft.</param>
/// <param name="Pdf">The document; null for a draft.</param>
internal sealed record InvoiceBody(
    string? Number, string Status, decimal Amount, string Currency, DateTimeOffset CreatedAt, Uri? Url, Uri? Pdf);

/// <summary>Creates the bodies, and reads their codes.</summary>
internal static class BillingCodes
{
    private const decimal CentsPerUnit = 100;

    /// <summary>Returns the body of a tenant.</summary>
    public static BillingBody Body(
        Tenant tenant,
        BillingAccount? account,
        MonthUsage usage,
        UsageForecast? forecast,
        OverageUse overage,
        UpcomingInvoice? upcoming,
        IReadOnlyList<BillingInvoice>? invoices)
    {
        var state = account?.State ?? BillingState.None;
        var isOpen = state.Status is { } status && BillingState.IsOpen(status);
        return new(
            tenant.Plan.Plan.Code,
            tenant.PlanByOperator,
            state.Status is { } known ? CodeOf(known) : null,
            state.SubscribedPlan is { } plan ? PlanTable.Of(plan).Code : null,
            state.Interval is { } interval ? CodeOf(interval) : null,
            isOpen && state.EndsAt is null ? state.PeriodEnd : null,
            state.EndsAt,
            state.Next is { } next ? new(PlanTable.Of(next.Plan).Code, CodeOf(next.Interval), next.At) : null,
            PastDue(state),
            state.Card is { } card ? new(card.Brand, card.LastFour) : null,
            new(usage.Live, tenant.Plan.EventsPerMonth, forecast is null ? null : Math.Max(forecast.Events, usage.Live)),
            Overage(account, state, overage),
            upcoming is null ? null : new(upcoming.Cents / CentsPerUnit, upcoming.Currency, upcoming.At),
            invoices is null ? null : [.. invoices.Select(Invoice)],
            account?.SyncedAt);
    }

    /// <summary>Returns the plan that can be bought, or <c>null</c> if the code is of none.</summary>
    public static PlanId? SoldPlan(string? code) =>
        PlanTable.Find(code ?? "") is { } plan && PlanPrices.Sold.Contains(plan.Id) ? plan.Id : null;

    /// <summary>Returns the interval with a code, or <c>null</c> if there is none.</summary>
    public static BillingInterval? Interval(string? code) => code switch
    {
        "month" => BillingInterval.Month,
        "year" => BillingInterval.Year,
        _ => null,
    };

    private static PastDueBody? PastDue(BillingState state) => state.Status switch
    {
        SubscriptionStatus.PastDue => new(
            state.UnpaidSince, "The last payment failed. Replace the card, otherwise the subscription ends and the plan becomes free."),
        SubscriptionStatus.Unpaid or SubscriptionStatus.Paused => new(
            state.UnpaidSince, "The subscription isn't paid, so the plan is free. Replace the card and pay the open invoice."),
        _ => null,
    };

    private static BilledOverageBody Overage(BillingAccount? account, BillingState state, OverageUse use) => new(
        account?.OverageEvents is not null,
        account?.OverageCapCents / CentsPerUnit,
        state.OverageCentsPerEvent * 1_000 / CentsPerUnit,
        use.Events,
        account?.OverageEvents,
        use.Events == 0 && state.OverageCentsPerEvent is null ? null : use.Cents / CentsPerUnit);

    private static InvoiceBody Invoice(BillingInvoice invoice) => new(
        invoice.Number, invoice.Status, invoice.Cents / CentsPerUnit, invoice.Currency, invoice.CreatedAt, invoice.Page, invoice.Pdf);

    private static string CodeOf(BillingInterval interval) => interval == BillingInterval.Year ? "year" : "month";

    private static string CodeOf(SubscriptionStatus status) => status switch
    {
        SubscriptionStatus.Incomplete => "incomplete",
        SubscriptionStatus.IncompleteExpired => "incomplete_expired",
        SubscriptionStatus.Trialing => "trialing",
        SubscriptionStatus.Active => "active",
        SubscriptionStatus.PastDue => "past_due",
        SubscriptionStatus.Unpaid => "unpaid",
        SubscriptionStatus.Canceled => "canceled",
        SubscriptionStatus.Paused => "paused",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "is not a status"),
    };
}
