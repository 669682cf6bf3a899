using System.Globalization;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Notices;

/// <summary>Finds out which owners have to be told something, and tells them.</summary>
internal sealed class PlanNotices(IAccountStore store, NoticeSender sender, PlanLetters letters, TimeProvider time)
{
    private static readonly int[] Percents = [80, 100];

    /// <summary>Quotas that come to an end. Once for each month and limit: whoever chose a larger plan wants to hear of that one too.</summary>
    public async Task<int> TellUsageAsync(CancellationToken cancellationToken)
    {
        var (now, told) = (time.GetUtcNow(), 0);
        var month = new DateOnly(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);
        var resets = now + QuotaMonth.UntilNext(now);
        foreach (var usage in await store.Usage.ListTenantsAsync(month, atLeast: 1, cancellationToken))
        {
            if (usage.Tenant.Plan.EventsPerMonth is not { } limit)
                continue;
            foreach (var percent in Percents.Where(percent => IsReached(usage.Accepted, limit, percent)))
            {
                var period = string.Create(CultureInfo.InvariantCulture, $"{month:yyyy-MM}/{limit}");
                var went = await sender.SendAsync(
                    usage.Tenant, $"usage_{percent}", period, email => letters.UsageAsync(email, usage.Tenant, percent, limit, resets, cancellationToken), sent: null, cancellationToken);
                told += went ? 1 : 0;
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
            var went = await sender.SendAsync(
                tenant, "downgrade", since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                email => letters.DowngradeAsync(email, tenant, tenant.Plan.KeptDays!.Value, time.GetUtcNow() + Limits.DowngradeNotice, cancellationToken),
                () => store.Tenants.SetDowngradeNoticeAsync(tenant.Id, since, time.GetUtcNow(), CancellationToken.None),
                cancellationToken);
            told += went ? 1 : 0;
        }

        return told;
    }

    /// <summary>Whether so many are so many percent of a limit, without a quotient's rounding.</summary>
    public static bool IsReached(long accepted, long limit, int percent) => (Int128)accepted * 100 >= (Int128)limit * percent;
}
