using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Settings;
using TelemetryKit.Billing;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Subscriptions;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Billing;

/// <summary>Registers and maps billing. Without a secret key of Stripe there is none of it.</summary>
internal static class BillingSetup
{
    /// <summary>Registers the services if billing is configured.</summary>
    public static void AddBilling(this IServiceCollection services, ServerSettings settings)
    {
        if (settings.Stripe is not { } stripe)
            return;
        services.AddSingleton<IBillingGateway>(provider => new StripeGateway(stripe.Options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<BillingSync>();
        if (settings.Kind != ProcessKind.Server)
            return;
        services.AddBodies(BillingJson.Default);
        services.AddSingleton<Checkouts>();
        services.AddSingleton<PlanChanges>();
        services.AddSingleton<Overage>();
        services.AddSingleton<DeletedTenants>();
        services.AddSingleton<WebhookHandler>();
        services.AddSingleton<BillingJobs>();
        services.AddHostedService(provider => provider.GetRequiredService<BillingJobs>());
    }

    /// <summary>Maps the routes if billing is configured.</summary>
    public static void MapBilling(this IEndpointRouteBuilder routes, ServerSettings settings)
    {
        if (settings.Stripe is null)
            return;
        var needs = Needs.To(Permission.ManageBilling).InQuery();
        var billing = routes.MapManagement("Billing");
        billing.MapGet("/v1/billing", BillingHandlers.GetAsync).WithName("getBilling")
            .Needs(needs).AcceptsQuery(BillingHandlers.Parameters).Fails(ProblemKind.InvalidParameter)
            .Returns<BillingBody>("Returns the subscription of a tenant, what it used, and its invoices.");
        billing.MapPost("/v1/billing/checkout", BillingHandlers.CheckoutAsync).WithName("beginCheckout")
            .Needs(needs).AcceptsJson<CheckoutBody>().AcceptsQuery(BillingHandlers.Parameters)
            .Fails(AccountProblems.Conflict, BillingProblems.Subscribed).Fails(BillingProblems.OfProvider)
            .Returns<BillingPageBody>("Returns the page on which the owner subscribes, or replaces a card that failed.");
        billing.MapPost("/v1/billing/portal", BillingHandlers.PortalAsync).WithName("openPortal")
            .Needs(needs).AcceptsQuery(BillingHandlers.Parameters).Fails(ProblemKind.InvalidParameter, BillingProblems.NoSubscription)
            .Fails(BillingProblems.OfProvider)
            .Returns<BillingPageBody>("Returns the page on which the owner changes the card, the address and the tax id.");
        billing.MapPost("/v1/billing/change", BillingHandlers.ChangeAsync).WithName("changeSubscription")
            .Needs(needs).AcceptsJson<ChangeBody>().AcceptsQuery(BillingHandlers.Parameters)
            .Fails(BillingProblems.NoSubscription, BillingProblems.PaymentFailed).Fails(BillingProblems.OfProvider)
            .Returns<ChangedBody>("Changes the plan: to a larger one at once, to a smaller one or none when the paid period ends.");
        billing.MapPut("/v1/billing/overage", BillingHandlers.SetOverageAsync).WithName("setOverage")
            .Needs(needs).AcceptsJson<OverageBody>().AcceptsQuery(BillingHandlers.Parameters)
            .Fails(BillingProblems.NoSubscription).Fails(BillingProblems.OfProvider)
            .ReturnsNothing("Accepts events above the quota and bills them up to a cap, or refuses them.");

        // The id of the Checkout is the access: the browser that paid may have no session.
        routes.MapPublic("Billing").MapPost("/v1/billing/return", CheckoutReturnHandler.ReturnAsync).WithName("returnFromCheckout")
            .AcceptsJson<CheckoutReturnBody>().Fails(ProblemKind.NotFound)
            .Returns<CheckoutReturnedBody>("Fetches the state of a Checkout that was paid, so that its plan applies before the webhook.");

        // Stripe's requests have no caller; the signature is the access. The page is for browsers. Neither is for clients of the API.
        routes.MapPost("/v1/billing/webhook", (HttpContext http, WebhookHandler handler) => handler.ReceiveAsync(http))
            .ExcludeFromDescription();
        routes.MapGet(ReturnPage.Path, ReturnPage.GetAsync).ExcludeFromDescription();
    }
}
