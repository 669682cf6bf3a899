using Stripe.V2.Core;

namespace TelemetryKit.Billing.Setup;

/// <summary>The destination of the meter's error reports, which exist only as thin events.</summary>
internal sealed class ThinEventSetup(StripeCalls calls)
{
    private const string Kind = "event destination";

    public async Task RunAsync(SetupRun run, StripeSetupOptions options, CancellationToken cancellationToken)
    {
        var address = options.Webhook.AbsoluteUri;
        var found = await FindAsync(address, cancellationToken);
        if (found is null)
        {
            var create = new EventDestinationCreateOptions
            {
                Name = "TelemetryKit meter errors",
                Type = "webhook_endpoint",
                EventPayload = "thin",
                EnabledEvents = [.. StripeEvents.Thin],
                WebhookEndpoint = new() { Url = address },
                Include = ["webhook_endpoint.signing_secret", "webhook_endpoint.url"],
            };
            await run.CreateAsync(Kind, address, async () =>
            {
                var created = await calls.RunAsync(
                    () => calls.V2.Core.EventDestinations.CreateAsync(create, StripeCalls.OnceEver(), cancellationToken),
                    cancellationToken);
                run.AddSecret(created.WebhookEndpoint?.SigningSecret);
            });
            return;
        }

        List<string> differences = [];
        if (!found.EnabledEvents.Order(StringComparer.Ordinal).SequenceEqual(StripeEvents.Thin))
            differences.Add("enabled_events");
        if (found.Status != "enabled")
            differences.Add("status");
        await run.UpdateAsync(Kind, address, differences, () => UpdateAsync(found, cancellationToken));
    }

    private async Task UpdateAsync(EventDestination found, CancellationToken cancellationToken)
    {
        var update = new EventDestinationUpdateOptions { EnabledEvents = [.. StripeEvents.Thin] };
        await calls.RunAsync(
            () => calls.V2.Core.EventDestinations.UpdateAsync(found.Id, update, StripeCalls.OnceEver(), cancellationToken),
            cancellationToken);
        if (found.Status != "enabled")
        {
            await calls.RunAsync(
                () => calls.V2.Core.EventDestinations.EnableAsync(found.Id, null, StripeCalls.OnceEver(), cancellationToken),
                cancellationToken);
        }
    }

    private async Task<EventDestination?> FindAsync(string address, CancellationToken cancellationToken)
    {
        var list = new EventDestinationListOptions { Limit = 100, Include = ["webhook_endpoint.url"] };
        return await calls.RunAsync(
            async () =>
            {
                await foreach (var one in calls.V2.Core.EventDestinations
                    .ListAutoPagingAsync(list, cancellationToken: cancellationToken).WithCancellation(cancellationToken))
                {
                    if (one.WebhookEndpoint?.Url == address && one.EventPayload == "thin")
                        return one;
                }

                return null;
            },
            cancellationToken);
    }
}
