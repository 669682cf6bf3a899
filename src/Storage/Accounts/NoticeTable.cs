using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>sent_notices</c>.</summary>
internal sealed class NoticeTable(AccountDatabase database) : ISentNotices
{
    private const string IsLeased = "tenant_id = @TenantId and kind = @Kind and period = @Period and leased_until is not null";

    public Task<bool> IsDueAsync(Notice notice, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql => await sql.ValueAsync<long?>(
                """
                select 1 from sent_notices where tenant_id = @TenantId and kind = @Kind and period = @Period
                    and (leased_until is null or leased_until > @now)
                """,
                new { notice.TenantId, notice.Kind, notice.Period, now }) is null,
            cancellationToken);

    public Task<bool> TryQueueAsync(Notice notice, WaitingMail mail, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                if (!await TryLeaseAsync(sql, notice, mail.CreatedAt, until))
                    return false;
                if (await MailTable.AddAsync(sql, mail))
                    return true;
                await ReleaseAsync(sql, notice, mail.CreatedAt);
                return false;
            },
            cancellationToken);

    public Task MarkSentAsync(Notice notice, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync(
                $"update sent_notices set sent_at = @now, leased_until = null where {IsLeased}",
                new { notice.TenantId, notice.Kind, notice.Period, now }),
            cancellationToken);

    public Task ReleaseAsync(Notice notice, DateTimeOffset from, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => ReleaseAsync(sql, notice, from), cancellationToken);

    private static async Task<bool> TryLeaseAsync(Sql sql, Notice notice, DateTimeOffset now, DateTimeOffset until) =>
        await sql.ExecuteAsync(
            """
            insert into sent_notices (tenant_id, kind, period, sent_at, leased_until) values (@TenantId, @Kind, @Period, @now, @until)
            on conflict (tenant_id, kind, period) do update set leased_until = excluded.leased_until
                where sent_notices.leased_until <= @now
            """,
            new { notice.TenantId, notice.Kind, notice.Period, now, until }) > 0;

    private static Task<int> ReleaseAsync(Sql sql, Notice notice, DateTimeOffset from) =>
        sql.ExecuteAsync(
            $"update sent_notices set leased_until = @from where {IsLeased}", new { notice.TenantId, notice.Kind, notice.Period, from });
}
