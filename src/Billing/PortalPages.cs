using Stripe.BillingPortal;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing;

/// <summary>Pages of the customer portal.</summary>
internal sealed class PortalPages(StripeCalls calls, TimeProvider time)
{
    /// <summary>The metadata that marks the portal's configuration that <c>stripe setup</c> creates.</summary>
    public const string Metadata = "telemetrykit";

    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);
    private volatile Known? _configuration;

    /// <summary>See <see cref="IBillingGateway.CreatePortalAsync"/>.</summary>
    public async Task<Uri> CreateAsync(string customerId, PortalFlow flow, Uri returnTo, CancellationToken cancellationToken)
    {
        var options = new SessionCreateOptions
        {
            Customer = customerId,
            ReturnUrl = returnTo.AbsoluteUri,
            Configuration = await FindConfigurationAsync(cancellationToken),
            FlowData = flow == PortalFlow.Card
                ? new()
                {
                    Type = "payment_method_update",
                    AfterCompletion = new() { Type = "redirect", Redirect = new() { ReturnUrl = returnTo.AbsoluteUri } },
                }
                : null,
        };
        var session = await calls.RunAsync(
            () => calls.V1.BillingPortal.Sessions.CreateAsync(options, StripeCalls.OnceEver(), cancellationToken), cancellationToken);
        return new(session.Url);
    }

    // Without ours, Stripe uses the account's default.
    private async Task<string?> FindConfigurationAsync(CancellationToken cancellationToken)
    {
        if (_configuration is { } known && time.GetUtcNow() - known.ReadAt <= KeptFor)
            return known.Id;
        var readAt = time.GetUtcNow();
        var options = new ConfigurationListOptions { Active = true, Limit = 100 };
        var list = await calls.RunAsync(
            () => calls.V1.BillingPortal.Configurations.ListAsync(options, cancellationToken: cancellationToken), cancellationToken);
        var id = list.Data.Find(configuration => configuration.Metadata?.ContainsKey(Metadata) == true)?.Id;
        _configuration = new(readAt, id);
        return id;
    }

    private sealed record Known(DateTimeOffset ReadAt, string? Id);
}
