using TelemetryKit.Api.Background;
using TelemetryKit.Api.Server;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Subscriptions;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Billing;

/// <summary>
/// Synchronises the tenants that are due, reports events above the quota and ends the subscriptions of deleted tenants each minute, and,
/// once a day, synchronises all tenants, which mends what lost webhooks left. Every replica synchronises: two that do it at once store the
/// same.
/// </summary>
internal sealed partial class BillingJobs(
    IAccountStore store, ITenantOperations tenants, Overage overage, DeletedTenants deleted, TelemetryKitMetrics metrics,
    Readiness readiness, TimeProvider time, ILogger<BillingJobs> log)
    : RepeatedService(readiness, time)
{
    private const int PageSize = 100;
    private static readonly TimeSpan JobLease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ReceivedAge = TimeSpan.FromDays(60);
    private static readonly TimeSpan WebhookMargin = TimeSpan.FromMinutes(5);
    private readonly LeasedWork _leased = new(store.JobLeases, time, JobLease);
    private readonly SemaphoreSlim _work = new(0, 1);

    /// <summary>Synchronises the tenants that are due soon.</summary>
    public void Wake()
    {
        try
        {
            _work.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    /// <summary>Synchronises the tenants that are due.</summary>
    public async Task SyncDueAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Guid> due;
        do
        {
            due = await store.Billing.ListDueAsync(Time.GetUtcNow(), PageSize, cancellationToken);
            foreach (var tenantId in due)
            {
                // One that fails has a later time. If the payment provider is away, the others needn't be tried now.
                if (await SyncAsync(tenantId, cancellationToken) != BillingSyncOutcome.Unavailable)
                    continue;
                LogUnavailable();
                return;
            }
        }
        while (due.Count == PageSize);
    }

    /// <summary>
    /// Reports events above the quota, and ends the subscriptions of deleted tenants, unless another replica has the lease of this minute.
    /// </summary>
    public Task ReportOverageAsync(CancellationToken cancellationToken) =>
        _leased.OncePerAsync("overage", "yyyy-MM-dd'T'HH:mm", ReportAsync, cancellationToken);

    /// <summary>Synchronises all tenants, unless another replica has the lease of this day.</summary>
    public Task SyncAllAsync(CancellationToken cancellationToken) =>
        _leased.OncePerAsync("billing", "yyyy-MM-dd", SyncEachAsync, cancellationToken);

    /// <inheritdoc />
    public override void Dispose()
    {
        _work.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            RepeatAsync(SyncDueAsync, stoppingToken),
            RepeatWhenWokenAsync(stoppingToken),
            RepeatAsync(ReportOverageAsync, stoppingToken),
            RepeatAsync(SyncAllAsync, stoppingToken));

    protected override void LogStoreUnavailable(string fault) => LogStoreUnavailable(log, fault);

    protected override void LogFailed(Exception fault) => LogFailed(log, fault);

    private async Task RepeatWhenWokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _work.WaitAsync(cancellationToken);
                await TryAsync(SyncDueAsync, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        try
        {
            await overage.ReportAsync(null, cancellationToken);
            await deleted.EndAsync(cancellationToken);
        }
        catch (BillingUnavailableException)
        {
            LogUnavailable();
        }
    }

    private async Task SyncEachAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<BillingAccount> page = [];
        do
        {
            page = await store.Billing.ListAsync(page is [.., var last] ? last.TenantId : null, PageSize, cancellationToken);
            foreach (var account in page)
                await SyncAsync(account.TenantId, cancellationToken);
        }
        while (page.Count == PageSize);
        await store.Billing.PurgeReceivedAsync(Time.GetUtcNow() - ReceivedAge, cancellationToken);
    }

    private async Task<BillingSyncOutcome> SyncAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var before = await store.Billing.FindAsync(tenantId, cancellationToken);
        var outcome = await tenants.SyncBillingAsync(tenantId, cancellationToken);
        // The outcome doesn't say it all: a grain that is slow may apply the change after its time-out.
        var after = await store.Billing.FindAsync(tenantId, cancellationToken);
        if (before is null || after is null || after.Revision == before.Revision)
            return outcome;
        // A webhook may have arrived while the former synchronisation ran, which didn't see its change.
        var since = before.SyncedAt - WebhookMargin ?? DateTimeOffset.MinValue;
        if (await store.Billing.WasReceivedAsync(tenantId, since, cancellationToken))
            return outcome;
        metrics.BillingDrifted();
        LogDrifted(tenantId);
        return outcome;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stripe can't be reached; billing is synchronised later")]
    private partial void LogUnavailable();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state of the tenant {Tenant} had changed at Stripe without a webhook")]
    private partial void LogDrifted(Guid tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is unavailable; billing is synchronised later: {Fault}")]
    private static partial void LogStoreUnavailable(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Billing was not synchronised and is retried")]
    private static partial void LogFailed(ILogger log, Exception fault);
}
