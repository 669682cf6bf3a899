using System.Globalization;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Notices;

/// <summary>Sends the notices that are due: used quotas and downgrades.</summary>
internal sealed class PlanNotices(IAccountStore store, NoticeSender sender, PlanLetters letters, TimeProvider time)
{
    private static readonly int[] Percents = [80, 100];

    /// <summary>
    /// Sends notices about quotas that are 80 % or 100 % used, once per month and limit, so that a larger plan has its own notices. Returns
    /// the number of notices sent.
    /// </summary>
    public async Task<int> TellUsageAsync(CancellationToken cancellationToken)
    {
        var (now, count) = (time.GetUtcNow(), 0);
        var month = new DateOnly(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);
        var resets = now + QuotaMonth.UntilNext(now);
        foreach (var usage in await store.Usage.ListTenantsAsync(month, atLeast: 1, cancellationToken))
        {
            if (usage.Tenant.Plan.EventsPerMonth is not { } limit)
                continue;
            foreach (var percent in Percents.Where(percent => IsReached(usage.Accepted, limit, percent)))
            {
                var period = string.Create(CultureInfo.InvariantCulture, $"{month:yyyy-MM}/{limit}");
                var sent = await sender.SendAsync(
                    usage.Tenant, $"usage_{percent}", period,
                    email => letters.UsageAsync(email, usage.Tenant, percent, limit, resets, cancellationToken),
                    sent: null, cancellationToken);
                count += sent ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>
    /// Sends notices about downgrades. The period of notice begins when the mail is sent. Returns the number of notices sent.
    /// </summary>
    public async Task<int> TellDowngradesAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var tenant in await store.Tenants.ListUntoldAsync(cancellationToken))
        {
            var (since, days) = (tenant.DowngradedAt!.Value, tenant.Plan.KeptDays!.Value);
            var sent = await sender.SendAsync(
                tenant, "downgrade", since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                email => letters.DowngradeAsync(email, tenant, days, time.GetUtcNow() + Limits.DowngradeNotice, cancellationToken),
                () => store.Tenants.SetDowngradeNoticeAsync(tenant.Id, since, time.GetUtcNow(), CancellationToken.None),
                cancellationToken);
            count += sent ? 1 : 0;
        }

        return count;
    }

    /// <summary>Returns whether a percentage of the limit is reached, without rounding.</summary>
    public static bool IsReached(long accepted, long limit, int percent) => (Int128)accepted * 100 >= (Int128)limit * percent;
}
