using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>sent_notices</c>.</summary>
internal sealed class NoticeTable(AccountDatabase database) : ISentNotices
{
    public Task<bool> TryClaimAsync(Guid tenantId, string kind, string period, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql => await sql.ExecuteAsync(
                "insert into sent_notices (tenant_id, kind, period, sent_at) values (@tenantId, @kind, @period, @now) on conflict do nothing",
                new { tenantId, kind, period, now }) > 0,
            cancellationToken);
}
