using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>One ingest transaction. It has the writer for itself from its begin to its end, so nobody else's claims can come between.</summary>
internal sealed class SqliteCommit(SqliteLease lease, TimeProvider time) : ICommit
{
    public Task<Claimed> ClaimAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaClaim> quotas, DateTimeOffset receivedAt, CancellationToken cancellationToken) =>
        Run(
            session =>
            {
                var claimed = new Claimed(new bool[keys.Count], new long[quotas.Count]);
                for (var i = 0; i < keys.Count; i++)
                {
                    claimed.IsNew[i] = session.Prepare("insert into batch_keys values (?, ?, ?) on conflict do nothing")
                        .Bind(keys[i].ProjectId).Bind(keys[i].Key).Bind(receivedAt).Execute() == 1;
                }

                for (var i = 0; i < quotas.Count; i++)
                    claimed.Taken[i] = Take(session, quotas[i]);
                return claimed;
            },
            cancellationToken);

    public Task GiveBackAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaReturn> quotas, CancellationToken cancellationToken) =>
        Run(
            session =>
            {
                foreach (var key in keys)
                    session.Prepare("delete from batch_keys where project_id = ? and key = ?").Bind(key.ProjectId).Bind(key.Key).Execute();
                foreach (var quota in quotas)
                {
                    session.Prepare("update usage set accepted = accepted - ? where tenant_id = ? and month = ? and env = ?")
                        .Bind(quota.Events).Bind(quota.TenantId).Bind(quota.Month).Bind(quota.Environment).Execute();
                }

                return true;
            },
            cancellationToken);

    public Task<bool[]> ClaimInstallsAsync(IReadOnlyList<InstallClaim> claims, CancellationToken cancellationToken) =>
        Run(
            session =>
            {
                var claimed = new bool[claims.Count];
                for (var i = 0; i < claimed.Length; i++)
                {
                    claimed[i] = session.Prepare("insert into installs values (?, ?, ?, ?) on conflict do nothing")
                        .Bind(claims[i].ProjectId).Bind(claims[i].Environment).Bind(claims[i].Install).Bind(claims[i].Day).Execute() == 1;
                }

                return claimed;
            },
            cancellationToken);

    public Task WriteAndCommitAsync(IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas, CancellationToken cancellationToken) =>
        Run(
            session =>
            {
                var writer = new SqliteEventWriter(session);
                foreach (var project in events)
                {
                    writer.Write(project);
                    Count(session, project);
                }

                var now = time.GetUtcNow();
                foreach (var delta in deltas)
                {
                    session.Prepare("insert into rollup_deltas values (?, ?, ?, ?, ?, ?)")
                        .Bind(delta.ProjectId).Bind(delta.Environment).Bind(delta.Day).Bind(delta.Id).Bind(now).BindBlob(delta.Data.Span).Execute();
                }

                return session.Execute("commit");
            },
            cancellationToken);

    public ValueTask DisposeAsync()
    {
        lease.Dispose();
        return ValueTask.CompletedTask;
    }

    private static long Take(SqliteSession session, QuotaClaim claim)
    {
        var accepted = SqliteProjects.ReadUsage(session, claim.TenantId, claim.Month, claim.Environment);
        var taken = claim.Limit is { } limit ? Math.Clamp(limit - accepted, 0, claim.Wanted) : claim.Wanted;
        session.Prepare("insert into usage values (?, ?, ?, ?) on conflict do update set accepted = accepted + excluded.accepted")
            .Bind(claim.TenantId).Bind(claim.Month).Bind(claim.Environment).Bind(taken).Execute();
        return taken;
    }

    private static void Count(SqliteSession session, CommitEvents events)
    {
        if (events.Usage is not { } usage)
            return;
        session.Prepare("insert into usage_days values (?, ?, ?, ?, ?) on conflict do update set accepted = accepted + excluded.accepted")
            .Bind(usage.TenantId).Bind(usage.Day).Bind(events.ProjectId).Bind(events.Environment).Bind(events.Count).Execute();
    }

    private Task<T> Run<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(lease.Run(work));
    }
}
