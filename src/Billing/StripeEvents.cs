namespace TelemetryKit.Billing;

/// <summary>The types of events that Stripe sends to the webhook.</summary>
internal static class StripeEvents
{
    /// <summary>Reported events of a meter weren't accepted.</summary>
    public const string MeterErrors = "v1.billing.meter.error_report_triggered";

    /// <summary>Events were reported for a meter that doesn't exist.</summary>
    public const string UnknownMeter = "v1.billing.meter.no_meter_found";

    /// <summary>The types of snapshot events.</summary>
    public static IReadOnlyList<string> Snapshots { get; } =
    [
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.refunded",
        "checkout.session.completed",
        "checkout.session.expired",
        "customer.deleted",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.updated",
        "customer.updated",
        "invoice.finalized",
        "invoice.marked_uncollectible",
        "invoice.paid",
        "invoice.payment_action_required",
        "invoice.payment_failed",
        "invoice.voided",
        "subscription_schedule.canceled",
        "subscription_schedule.released",
        "subscription_schedule.updated",
    ];

    /// <summary>The types of thin events.</summary>
    public static IReadOnlyList<string> Thin { get; } = [MeterErrors, UnknownMeter];

    /// <summary>Whether money went back, or a customer disputes a charge.</summary>
    public static bool IsDispute(string type) =>
        type == "charge.refunded" || type.StartsWith("charge.dispute.", StringComparison.Ordinal)
        || type.StartsWith("refund.", StringComparison.Ordinal);
}
