using System.Security.Cryptography;
using Npgsql;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Projects;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Finds projects and keys for requests.</summary>
internal sealed class PostgresProjects(PostgresDatabase database, Seals seals, TimeProvider time) : IProjectStore, IKeyLookup
{
    private const string Columns = "p.tenant_id, p.id, p.name, p.sealed_secret, t.monthly_quota, p.metadata_allow_list, t.plan, p.aliases, "
        + "(select coalesce(sum(g.generation), 0)::bigint from install_generations g where g.project_id = p.id), p.suspended_at, "
        + "t.overage_events, t.interim_month, t.interim_quota, t.interim_overage";
    private const string SelectProject = $"select {Columns} from projects p join tenants t on t.id = p.tenant_id";

    public Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    select {Columns}, k.id, k.kind
                    from keys k join projects p on p.id = k.project_id join tenants t on t.id = p.tenant_id
                    where k.hash = $1 and (k.revoked_at is null or k.revoked_at > $2) and (k.expires_at is null or k.expires_at > $2)
                    """,
                    connection);
                command.Parameters.With(hash).With(now);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                return await reader.ReadAsync(cancellationToken)
                    ? new ProjectKey(reader.GetGuid(14), (KeyKind)reader.GetInt16(15), Read(reader))
                    : null;
            },
            cancellationToken);

    public Task<Project?> FindProjectAsync(Guid projectId, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand($"{SelectProject} where p.id = $1 and p.deleted_at is null", connection);
                command.Parameters.With(projectId);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
            },
            cancellationToken);

    public Task<Project> EnsureProjectAsync(Guid tenantId, string name, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                var (now, secret) = (time.GetUtcNow(), RandomNumberGenerator.GetBytes(NewProject.SecretLength));
                var id = Guid.CreateVersion7(now);
                await using var insert = new NpgsqlCommand(
                    """
                    insert into projects (id, tenant_id, name, sealed_secret, created_at) values ($1, $2, $3, $4, $5)
                    on conflict (tenant_id, name) do nothing
                    """,
                    connection);
                insert.Parameters.With(id).With(tenantId).With(name)
                    .With(seals.SealProject(id, secret)).With(now);
                await insert.ExecuteNonQueryAsync(cancellationToken);

                // The project may have been created by another process.
                await using var select = new NpgsqlCommand($"{SelectProject} where p.tenant_id = $1 and p.name = $2", connection);
                select.Parameters.With(tenantId).With(name);
                await using var reader = await select.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                return Read(reader);
            },
            cancellationToken);

    public Task<Guid> EnsureDefaultTenantAsync(CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    insert into tenants (id, name, plan_by_operator, created_at) values ($1, $2, true, $3) on conflict (id) do nothing
                    """,
                    connection);
                command.Parameters.With(NewProject.DefaultTenantId).With(NewProject.DefaultTenantName).With(time.GetUtcNow());
                await command.ExecuteNonQueryAsync(cancellationToken);
                return NewProject.DefaultTenantId;
            },
            cancellationToken);

    private Project Read(NpgsqlDataReader reader)
    {
        var (plan, custom) = ((PlanId)reader.GetInt16(6), Long(reader, 4));
        var limits = !reader.IsDBNull(11) && reader.GetInt32(11) == QuotaMonth.Of(time.GetUtcNow()).Number
            ? new MonthLimits(Long(reader, 12), Long(reader, 13))
            : new MonthLimits(PlanTable.EventsPerMonth(plan, custom), Long(reader, 10));
        return new(
            new ProjectRef(reader.GetGuid(0), reader.GetGuid(1)),
            reader.GetString(2),
            seals.OpenProject(reader.GetGuid(1), reader.GetFieldValue<byte[]>(3)),
            limits.Quota,
            reader.IsDBNull(5) ? null : reader.GetFieldValue<string[]>(5).ToHashSet(StringComparer.Ordinal))
        {
            MonthlyTestQuota = PlanTable.Of(plan).TestEventsPerMonth,
            OverageEvents = limits.Overage,
            Rates = PlanTable.RatesOf(plan, custom),
            Aliases = ProjectAliases.Read(reader.IsDBNull(7) ? null : reader.GetString(7)),
            Generation = reader.GetInt64(8),
            IsSuspended = !reader.IsDBNull(9),
        };
    }

    private static long? Long(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
}
