using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Accounts;

/// <summary>Leases in the table <c>chores</c>.</summary>
internal sealed class JobLeaseTable(AccountDatabase database) : IJobLeases
{
    public Task<bool> TryAcquireAsync(
        string name, string period, Guid holder, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql => await sql.ExecuteAsync(
                """
                insert into chores (name, holder, leased_until) values (@name, @holder, @until)
                on conflict (name) do update set holder = excluded.holder, leased_until = excluded.leased_until
                where (chores.leased_until <= @now or chores.holder = @holder)
                    and (chores.done_period is null or chores.done_period < @period)
                """,
                new { name, period, holder, now, until }) > 0,
            cancellationToken);

    public Task<bool> CompleteAsync(string name, string period, Guid holder, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql => await sql.ExecuteAsync(
                "update chores set done_period = @period, leased_until = @now where name = @name and holder = @holder",
                new { name, period, holder, now }) > 0,
            cancellationToken);
}
