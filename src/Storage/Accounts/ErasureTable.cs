using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>erasures</c>.</summary>
internal sealed class ErasureTable(AccountDatabase database) : IErasures
{
    private const string Select = "select id, project_id, asked_at, done_at, events from erasures";

    public Task<Erasure> AddAsync(Erasure erasure, long install, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(install);
        return database.WriteAsync(
            async sql =>
            {
                while (true)
                {
                    await sql.ExecuteAsync(
                        """
                        insert into erasures (project_id, id, install, asked_at) values (@ProjectId, @Id, @install, @AskedAt)
                        on conflict (project_id, install) where install is not null do nothing
                        """,
                        new { erasure.ProjectId, erasure.Id, install, erasure.AskedAt });
                    var stored = await sql.FindAsync<Erasure>(
                        $"{Select} where project_id = @ProjectId and install = @install", new { erasure.ProjectId, install });
                    // The one that waited may have been completed in between.
                    if (stored is not null)
                        return stored;
                }
            },
            cancellationToken);
    }

    // Every install with events has a row in installs, which is written in the transaction of its first event.
    public Task<bool> HasInstallAsync(Guid projectId, long install, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql => await sql.ValueAsync<long>(
                """
                select count(*) from installs where project_id = @projectId and env in (0, 1) and install = @install
                """,
                new { projectId, install }) > 0,
            cancellationToken);

    public Task<Erasure?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => sql.FindAsync<Erasure>($"{Select} where id = @id", new { id }), cancellationToken);

    public Task<int> CompleteUnknownAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync(
                """
                update erasures set done_at = @now, events = 0, install = null
                where done_at is null and not exists (
                    select 1 from installs i
                    where i.project_id = erasures.project_id and i.env in (0, 1) and i.install = erasures.install)
                """,
                new { now }),
            cancellationToken);

    public Task<IReadOnlyList<WaitingErasure>> ListNextAsync(Guid after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<WaitingErasure>>(
            async sql =>
            {
                var rows = await sql.ListAsync<Row>(
                    """
                    select id, project_id, install from (
                        select id, project_id, install, row_number() over (partition by project_id order by asked_at, id) as place
                        from erasures where done_at is null and project_id > @after) waiting
                    where place = 1 order by project_id limit @limit
                    """,
                    new { after, limit });
                return [.. rows.Select(row => new WaitingErasure(row.Id, row.ProjectId, row.Install))];
            },
            cancellationToken);

    public Task<int> ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => sql.ExecuteAsync("delete from erasures where done_at < @before", new { before }), cancellationToken);

    /// <summary>
    /// Records the deletion of an install in the transaction of the deletion. An erasure that another process has completed keeps its
    /// number.
    /// </summary>
    public static async Task RecordAsync(Sql sql, Guid projectId, DeletionRecord record, long deleted)
    {
        await AuditTable.AddOfProjectAsync(sql, projectId, record.Line);
        if (record.ErasureId is not { } id)
            return;
        await sql.ExecuteAsync(
            """
            update erasures set done_at = @At, events = @deleted, install = null
            where project_id = @projectId and id = @id and done_at is null
            """,
            new { projectId, id, record.Line.At, deleted });
    }

    private sealed class Row
    {
        public Guid Id { get; init; }

        public Guid ProjectId { get; init; }

        public long Install { get; init; }
    }
}
