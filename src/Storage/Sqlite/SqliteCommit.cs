using TelemetryKit.Core;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Projects;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// One ingest transaction. It has exclusive use of the writer, so no other transaction can reserve keys or quota meanwhile.
/// </summary>
internal sealed class SqliteCommit(SqliteLease lease, SqliteRowNumbers numbers, TimeProvider time, bool isRehearsal) : ICommit
{
    private static readonly string QuotaSql =
        $"select {CurrentQuota.In("?")} from tenants t where t.id = ? and t.overage_events is not null";

    public Task<Reserved> ReserveAsync(
        IReadOnlyList<BatchKey> keys,
        IReadOnlyList<QuotaRequest> quotas,
        IReadOnlyList<InstallScope> scopes,
        DateTimeOffset receivedAt,
        CancellationToken cancellationToken) =>
        Run(
            session =>
            {
                var reserved = new Reserved(new bool[keys.Count], new long[quotas.Count], new long[scopes.Count]);
                for (var i = 0; i < keys.Count; i++)
                {
                    reserved.IsNew[i] = session.Prepare("insert into batch_keys values (?, ?, ?) on conflict do nothing")
                        .Bind(keys[i].ProjectId).Bind(keys[i].Key).Bind(receivedAt).Execute() == 1;
                }

                for (var i = 0; i < quotas.Count; i++)
                    reserved.Granted[i] = ReserveQuota(session, quotas[i]);
                for (var i = 0; i < scopes.Count; i++)
                {
                    reserved.Generations[i] = session.Prepare("select generation from install_generations where project_id = ? and env = ?")
                        .Bind(scopes[i].ProjectId).Bind(scopes[i].Environment).ReadLong(none: 0);
                }

                return reserved;
            },
            cancellationToken);

    public Task ReleaseAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaRelease> quotas, CancellationToken cancellationToken) =>
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

    public Task<FirstDayChange[]> AddInstallsAsync(IReadOnlyList<SeenInstall> installs, CancellationToken cancellationToken) =>
        Run(session => installs.Select(install => SqliteInstalls.Add(session, install)).ToArray(), cancellationToken);

    public Task WriteAndCommitAsync(
        IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas, CancellationToken cancellationToken) =>
        Run(
            session =>
            {
                numbers.Start(session);
                var writer = new SqliteEventWriter(session, numbers);
                foreach (var project in events)
                {
                    writer.Write(project);
                    AddUsage(session, project);
                }

                foreach (var billed in BilledEvents.Of(events))
                    AddOverage(session, billed);

                var now = time.GetUtcNow();
                foreach (var delta in deltas)
                {
                    session.Prepare("insert into rollup_deltas values (?, ?, ?, ?, ?, ?)")
                        .Bind(delta.ProjectId).Bind(delta.Environment).Bind(delta.Day).Bind(delta.Id).Bind(now)
                        .BindBlob(delta.Data.Span).Execute();
                }

                return session.Execute(isRehearsal ? "rollback" : "commit");
            },
            cancellationToken);

    public ValueTask DisposeAsync()
    {
        lease.Dispose();
        return ValueTask.CompletedTask;
    }

    private static long ReserveQuota(SqliteSession session, QuotaRequest request)
    {
        var accepted = SqliteProjects.ReadUsage(session, request.TenantId, request.Month, request.Environment);
        var granted = request.Limit is { } limit ? Math.Clamp(limit - accepted, 0, request.Wanted) : request.Wanted;
        session.Prepare("insert into usage values (?, ?, ?, ?) on conflict do update set accepted = accepted + excluded.accepted")
            .Bind(request.TenantId).Bind(request.Month).Bind(request.Environment).Bind(granted).Execute();
        return granted;
    }

    private static void AddUsage(SqliteSession session, CommitEvents events)
    {
        if (events.Usage is not { } usage)
            return;
        session.Prepare("insert into usage_days values (?, ?, ?, ?, ?) on conflict do update set accepted = accepted + excluded.accepted")
            .Bind(usage.TenantId).Bind(usage.Day).Bind(events.ProjectId).Bind(events.Environment).Bind(events.Count).Execute();
    }

    private static void AddOverage(SqliteSession session, BilledEvents billed)
    {
        // What a plan includes that became larger a moment ago isn't billed.
        var quota = session.Prepare(QuotaSql).Bind(QuotaMonth.Of(billed.Month).Number).Bind(billed.TenantId).ReadLong(none: 0);
        if (quota > billed.Count.Included)
            billed = billed with { Count = billed.Count with { Included = quota } };
        var above = billed.Above(SqliteProjects.ReadUsage(session, billed.TenantId, billed.Month, DataEnvironment.Live));
        if (above == 0)
            return;
        session.Prepare(
                """
                insert into overage_hours (tenant_id, hour, events) values (?, ?, ?)
                on conflict do update set events = events + excluded.events
                """)
            .Bind(billed.TenantId).Bind(billed.Count.Hour).Bind(above).Execute();
    }

    private Task<T> Run<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(lease.Run(work));
    }
}
