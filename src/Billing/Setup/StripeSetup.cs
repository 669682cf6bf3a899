namespace TelemetryKit.Billing.Setup;

/// <summary>
/// Creates and updates what billing needs in an account of Stripe: products, prices, the meter, the portal's configuration and the
/// destinations of events. Objects are found by ids, lookup keys, metadata and addresses, so any number of runs has the effect of one.
/// </summary>
public sealed class StripeSetup(StripeOptions stripe, TimeProvider time)
{
    /// <summary>Creates and updates what is missing or different.</summary>
    /// <exception cref="Core.Billing.BillingUnavailableException">Stripe is away. Another run continues.</exception>
    /// <exception cref="Core.Billing.BillingRefusedException">Stripe refused a request.</exception>
    public Task<StripeSetupResult> ApplyAsync(StripeSetupOptions options, CancellationToken cancellationToken) =>
        RunAsync(new SetupRun(isCheck: false), options, cancellationToken);

    /// <summary>Reports what is missing or different, and changes nothing.</summary>
    /// <exception cref="Core.Billing.BillingUnavailableException">Stripe is away.</exception>
    /// <exception cref="Core.Billing.BillingRefusedException">Stripe refused a request.</exception>
    public Task<StripeSetupResult> CheckAsync(StripeSetupOptions options, CancellationToken cancellationToken) =>
        RunAsync(new SetupRun(isCheck: true), options, cancellationToken);

    private async Task<StripeSetupResult> RunAsync(SetupRun run, StripeSetupOptions options, CancellationToken cancellationToken)
    {
        using var calls = new StripeCalls(stripe, time);
        var meter = await new MeterSetup(calls).RunAsync(run, cancellationToken);
        await new CatalogSetup(calls).RunAsync(run, options, meter, cancellationToken);
        await new PortalSetup(calls).RunAsync(run, options, cancellationToken);
        await new WebhookSetup(calls).RunAsync(run, options, cancellationToken);
        await new ThinEventSetup(calls).RunAsync(run, options, cancellationToken);
        return run.Result;
    }
}
