using Stripe;

namespace TelemetryKit.Billing.Setup;

/// <summary>
/// The destination of snapshot events. Its version can't be changed, and its secret is shown once. So a new one is created for another
/// version, and the former one is deleted by the next run, when the server knows the new secret. Events that both send are received once.
/// </summary>
internal sealed class WebhookSetup(StripeCalls calls)
{
    private const string Kind = "webhook";

    public async Task RunAsync(SetupRun run, StripeSetupOptions options, CancellationToken cancellationToken)
    {
        var address = options.Webhook.AbsoluteUri;
        List<WebhookEndpoint> all = [];
        await foreach (var one in calls.ListAsync(
            calls.V1.WebhookEndpoints.ListAsync, new WebhookEndpointListOptions { Limit = 100 }, one => one.Id, cancellationToken))
        {
            if (one.Url == address)
                all.Add(one);
        }

        var found = all.Find(one => one.ApiVersion == StripeConfiguration.ApiVersion);
        if (found is null)
        {
            var create = new WebhookEndpointCreateOptions
            {
                Url = address, ApiVersion = StripeConfiguration.ApiVersion, EnabledEvents = [.. StripeEvents.Snapshots],
                Description = "TelemetryKit",
            };
            await run.CreateAsync(Kind, address, async () =>
            {
                var created = await calls.RunAsync(
                    () => calls.V1.WebhookEndpoints.CreateAsync(create, StripeCalls.OnceEver(), cancellationToken), cancellationToken);
                run.AddSecret(created.Secret);
            });
            foreach (var outdated in all)
                run.Add(Kind, outdated.Id, StripeSetupOutcome.Unchanged, $"version {outdated.ApiVersion}, deleted by the next run");
            return;
        }

        var update = new WebhookEndpointUpdateOptions { EnabledEvents = [.. StripeEvents.Snapshots], Disabled = false };
        await run.UpdateAsync(Kind, address, Differences(found), () => calls.RunAsync(
            () => calls.V1.WebhookEndpoints.UpdateAsync(found.Id, update, StripeCalls.OnceEver(), cancellationToken), cancellationToken));
        foreach (var outdated in all.Where(one => one.Id != found.Id))
        {
            if (!run.IsCheck)
            {
                await calls.RunAsync(
                    () => calls.V1.WebhookEndpoints.DeleteAsync(outdated.Id, null, StripeCalls.OnceEver(), cancellationToken),
                    cancellationToken);
            }

            var outcome = run.IsCheck ? StripeSetupOutcome.Different : StripeSetupOutcome.Deleted;
            run.Add(Kind, outdated.Id, outcome, $"version {outdated.ApiVersion}");
        }
    }

    private static List<string> Differences(WebhookEndpoint found)
    {
        List<string> differences = [];
        if (found.Status != "enabled")
            differences.Add("status");
        if (!found.EnabledEvents.Order(StringComparer.Ordinal).SequenceEqual(StripeEvents.Snapshots))
            differences.Add("enabled_events");
        return differences;
    }
}
