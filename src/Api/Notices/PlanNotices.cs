using System.Globalization;
using TelemetryKit.Api.Mail;
using TelemetryKit.Grains;
using TelemetryKit.Grains.Accounts.Storage;
using TelemetryKit.Grains.Ingest;

namespace TelemetryKit.Api.Notices;

/// <summary>Finds out which owners have to be told something, and has it mailed to them.</summary>
internal sealed class PlanNotices(IAccountStore store, PlanMails mails, Outbox outbox, TimeProvider time)
{
    // The claim outlives its mail, which ends the claim itself.
    private static readonly TimeSpan Claim = Limits.MailAge + TimeSpan.FromHours(1);
    private static readonly int[] Percents = [80, 100];

    /// <summary>Quotas that come to an end. Once for each month and limit: whoever chose a larger plan wants to hear of that one too.</summary>
    public async Task<int> TellUsageAsync(CancellationToken cancellationToken)
    {
        var (now, told) = (time.GetUtcNow(), 0);
        var month = new DateOnly(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);
        var resets = now + QuotaGate.UntilNextMonth(now);
        foreach (var usage in await store.Usage.ListTenantsAsync(month, atLeast: 1, cancellationToken))
        {
            if (usage.Tenant.Plan.EventsPerMonth is not { } limit)
                continue;
            var period = string.Create(CultureInfo.InvariantCulture, $"{month:yyyy-MM}/{limit}");
            foreach (var percent in Percents.Where(percent => IsReached(usage.Accepted, limit, percent)))
            {
                var data = new PlanMail(new Notice(usage.Tenant.Id, $"usage_{percent}", period), percent, limit, resets);
                told += await TellAsync(data, PlanMails.Usage, cancellationToken) ? 1 : 0;
            }
        }

        return told;
    }

    /// <summary>Downgrades: the days of the notice count from the moment the mail went.</summary>
    public async Task<int> TellDowngradesAsync(CancellationToken cancellationToken)
    {
        var told = 0;
        foreach (var tenant in await store.Tenants.ListUntoldAsync(cancellationToken))
        {
            var since = tenant.DowngradedAt!.Value;
            var data = new PlanMail(new Notice(tenant.Id, "downgrade", since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)), Percent: 0, Limit: 0, since);
            told += await TellAsync(data, PlanMails.Downgrade, cancellationToken) ? 1 : 0;
        }

        return told;
    }

    /// <summary>Whether so many are so many percent of a limit, without a quotient's rounding.</summary>
    public static bool IsReached(long accepted, long limit, int percent) => (Int128)accepted * 100 >= (Int128)limit * percent;

    private async Task<bool> TellAsync(PlanMail data, Func<string, PlanMail, MailOrder> order, CancellationToken cancellationToken)
    {
        if (await mails.OwnerAsync(data.Notice.TenantId, cancellationToken) is not { } owner)
            return false;
        return await outbox.TryAddAsync(order(owner.Email, data), data.Notice, time.GetUtcNow() + Claim, cancellationToken);
    }
}
