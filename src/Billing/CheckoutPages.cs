using Stripe.Checkout;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing;

/// <summary>Checkout pages.</summary>
internal sealed class CheckoutPages(StripeCalls calls, PriceBook prices, StripeOptions options, TimeProvider time)
{
    private const string TenantMetadata = "telemetrykit_tenant";

    /// <summary>See <see cref="IBillingGateway.CreateCheckoutAsync"/>.</summary>
    public async Task<CheckoutPage> CreateAsync(CheckoutRequest request, string key, CancellationToken cancellationToken)
    {
        var begun = request.BegunAt ?? time.GetUtcNow();
        var metadata = new Dictionary<string, string> { [TenantMetadata] = request.TenantId.ToString() };
        var create = new SessionCreateOptions
        {
            Mode = "subscription",
            Customer = request.CustomerId,
            ClientReferenceId = request.TenantId.ToString(),
            Metadata = metadata,
            LineItems =
            [
                new()
                {
                    Price = await prices.IdOfAsync(PlanPrices.KeyOf(request.Plan, request.Interval), cancellationToken), Quantity = 1,
                },
            ],
            SuccessUrl = TextOf(request.ReturnTo),
            CancelUrl = TextOf(request.CancelTo),
            ExpiresAt = (begun + CheckoutRequest.Lifetime).UtcDateTime,
            AllowPromotionCodes = true,
            BillingAddressCollection = options.AutomaticTax ? "required" : "auto",
            AutomaticTax = new() { Enabled = options.AutomaticTax },
            TaxIdCollection = new() { Enabled = true },
            // Stripe requires it for tax ids and for automatic tax.
            CustomerUpdate = new() { Name = "auto", Address = "auto" },
            PaymentMethodCollection = "always",
            // All prices of a subscription have one currency, and those of events have US dollars only.
            AdaptivePricing = new() { Enabled = false },
            SubscriptionData = new()
            {
                Metadata = metadata,
                BillingMode = new() { Type = "flexible" },
                BillingCycleAnchorConfig = AnchorOf(request.Interval, begun),
                ProrationBehavior = "create_prorations",
            },
        };
        var session = await calls.RunAsync(
            () => calls.V1.Checkout.Sessions.CreateAsync(create, StripeCalls.Once(key), cancellationToken), cancellationToken);
        return PageOf(session);
    }

    /// <summary>See <see cref="IBillingGateway.FindCheckoutAsync"/>.</summary>
    public async Task<CheckoutPage?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var session = await calls.FindAsync(
            () => calls.V1.Checkout.Sessions.GetAsync(id, cancellationToken: cancellationToken), cancellationToken);
        return session is null ? null : PageOf(session);
    }

    /// <summary>See <see cref="IBillingGateway.ExpireCheckoutAsync"/>.</summary>
    public async Task ExpireAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { Status: CheckoutStatus.Open })
            return;
        try
        {
            await calls.RunAsync(
                () => calls.V1.Checkout.Sessions.ExpireAsync(id, new(), StripeCalls.Once($"expire-{id}"), cancellationToken),
                cancellationToken);
        }
        catch (BillingRefusedException)
        {
            // It may have been paid or have expired meanwhile.
            if (await FindAsync(id, cancellationToken) is { Status: CheckoutStatus.Open })
                throw;
        }
    }

    /// <summary>See <see cref="IBillingGateway.ExpireCheckoutsAsync"/>.</summary>
    public async Task ExpireAllAsync(string customerId, CancellationToken cancellationToken)
    {
        var options = new SessionListOptions { Customer = customerId, Status = "open", Limit = 100 };
        List<string> open = [];
        await foreach (var page in calls.ListAsync(
            calls.V1.Checkout.Sessions.ListAsync, options, page => page.Id, cancellationToken))
            open.Add(page.Id);
        foreach (var id in open)
            await ExpireAsync(id, cancellationToken);
    }

    // Events above the quota are reported by the hour, so a period must not begin within an hour. Periods begin on the full hour before
    // now: the first one ends up to an hour early, and is charged that much less. Stripe computes it when the page is paid, also if that
    // is a day later, and keeps the day for longer months. The alternative, an anchor at the next full hour, would charge the card only
    // then, so a card without money would have the plan until Stripe gives up.
    private static SessionSubscriptionDataBillingCycleAnchorConfigOptions AnchorOf(BillingInterval interval, DateTimeOffset begun) => new()
    {
        Month = interval == BillingInterval.Year ? begun.UtcDateTime.Month : null,
        DayOfMonth = begun.UtcDateTime.Day, Hour = begun.UtcDateTime.Hour, Minute = 0, Second = 0,
    };

    // Escaping would hide the placeholder of the session's id from Stripe.
    private static string TextOf(Uri address) =>
        address.AbsoluteUri.Replace("%7BCHECKOUT_SESSION_ID%7D", "{CHECKOUT_SESSION_ID}", StringComparison.OrdinalIgnoreCase);

    private static CheckoutPage PageOf(Session session) => new(
        session.Id,
        session.Status switch
        {
            "open" => CheckoutStatus.Open,
            "complete" => CheckoutStatus.Complete,
            _ => CheckoutStatus.Expired,
        },
        session.Status == "open" && Uri.TryCreate(session.Url, UriKind.Absolute, out var address) ? address : null,
        session.CustomerId,
        SubscriptionReader.Utc(session.ExpiresAt));
}
