using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Api.Billing;

/// <summary>The problems of the routes of billing.</summary>
internal static class BillingProblems
{
    public static readonly ProblemKind InvalidSignature = new(
        400, "invalid_signature", "The signature of the webhook is missing, wrong or too old.");
    public static readonly ProblemKind NoSubscription = new(409, "no_subscription", "The tenant has no subscription. Begin a Checkout.");
    public static readonly ProblemKind Subscribed = new(
        409, "already_subscribed", "The tenant has a subscription. Change its plan instead.");
    public static readonly ProblemKind PaymentFailed = new(
        409, "payment_failed", "A payment failed. Replace the card in the portal first.");
    public static readonly ProblemKind BillingRefused = new(
        409, "billing_refused", "The payment provider refused the request, for example because a card was declined.");
    public static readonly ProblemKind BillingUnavailable = new(
        503, "billing_unavailable", "The payment provider can't be reached. Nothing is lost; retry after the time in Retry-After.");

    /// <summary>The problems of each route that asks the payment provider.</summary>
    public static readonly ProblemKind[] OfProvider = [BillingRefused, BillingUnavailable];

    /// <summary>Runs work that asks the payment provider, and returns the problem if that fails.</summary>
    public static async Task<IResult> TryAsync(Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (BillingUnavailableException)
        {
            return BillingUnavailable.AsProblem() with { RetryAfter = TimeSpan.FromSeconds(10) };
        }
        catch (BillingRefusedException fault)
        {
            return fault.Code is { } code
                ? BillingRefused.With($"{BillingRefused.Summary} Its code is {code}.")
                : BillingRefused.AsProblem();
        }
    }
}
