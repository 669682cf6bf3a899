using Stripe.BillingPortal;

namespace TelemetryKit.Billing.Setup;

/// <summary>
/// The configuration of the customer portal. Plans are changed and ended only through the product, which knows the rules of downgrades.
/// </summary>
internal sealed class PortalSetup(StripeCalls calls)
{
    private const string Kind = "portal";
    private const string Name = "TelemetryKit";
    private static readonly string[] CustomerUpdates = ["address", "email", "name", "tax_id"];

    public async Task RunAsync(SetupRun run, StripeSetupOptions options, CancellationToken cancellationToken)
    {
        var list = new ConfigurationListOptions { Active = true, Limit = 100 };
        Configuration? found = null;
        await foreach (var one in calls.ListAsync(
            calls.V1.BillingPortal.Configurations.ListAsync, list, one => one.Id, cancellationToken))
        {
            found = one.Metadata?.ContainsKey(PortalPages.Metadata) == true ? one : found;
        }

        if (found is null)
        {
            var create = new ConfigurationCreateOptions
            {
                Name = Name, Features = Features(), DefaultReturnUrl = options.ReturnTo?.AbsoluteUri,
                Metadata = new() { [PortalPages.Metadata] = "portal" },
            };
            await run.CreateAsync(Kind, Name, () => calls.RunAsync(
                () => calls.V1.BillingPortal.Configurations.CreateAsync(create, StripeCalls.OnceEver(), cancellationToken),
                cancellationToken));
            return;
        }

        var update = new ConfigurationUpdateOptions { Features = Features(), DefaultReturnUrl = options.ReturnTo?.AbsoluteUri };
        await run.UpdateAsync(Kind, Name, Differences(found, options), () => calls.RunAsync(
            () => calls.V1.BillingPortal.Configurations.UpdateAsync(found.Id, update, StripeCalls.OnceEver(), cancellationToken),
            cancellationToken));
    }

    private static ConfigurationFeaturesOptions Features() => new()
    {
        CustomerUpdate = new() { Enabled = true, AllowedUpdates = [.. CustomerUpdates] },
        InvoiceHistory = new() { Enabled = true },
        PaymentMethodUpdate = new() { Enabled = true },
        SubscriptionCancel = new() { Enabled = false },
        SubscriptionUpdate = new() { Enabled = false },
    };

    private static List<string> Differences(Configuration found, StripeSetupOptions options)
    {
        var features = found.Features;
        List<string> differences = [];
        if (features?.CustomerUpdate is not { Enabled: true } update || !update.AllowedUpdates.Order().SequenceEqual(CustomerUpdates))
            differences.Add("customer_update");
        if (features?.InvoiceHistory?.Enabled != true)
            differences.Add("invoice_history");
        if (features?.PaymentMethodUpdate?.Enabled != true)
            differences.Add("payment_method_update");
        if (features?.SubscriptionCancel?.Enabled == true)
            differences.Add("subscription_cancel");
        if (features?.SubscriptionUpdate?.Enabled == true)
            differences.Add("subscription_update");
        if (options.ReturnTo is { } address && found.DefaultReturnUrl != address.AbsoluteUri)
            differences.Add("default_return_url");
        return differences;
    }
}
