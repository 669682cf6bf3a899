using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Projects;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Tenants, projects, keys and usage.</summary>
internal sealed class PostgresProjects(PostgresDatabase database, TimeProvider time)
{
    private const string Columns = "p.tenant_id, p.id, p.name, p.secret, t.monthly_quota, p.metadata_allow_list, t.plan, p.aliases";
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
                return await reader.ReadAsync(cancellationToken) ? new ProjectKey(reader.GetGuid(8), (KeyKind)reader.GetInt16(9), Read(reader)) : null;
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
                var now = time.GetUtcNow();
                await using var insert = new NpgsqlCommand(
                    "insert into projects (id, tenant_id, name, secret, created_at) values ($1, $2, $3, $4, $5) on conflict (tenant_id, name) do nothing", connection);
                insert.Parameters.With(Guid.CreateVersion7(now)).With(tenantId).With(name).With(RandomNumberGenerator.GetBytes(NewProject.SecretLength)).With(now);
                await insert.ExecuteNonQueryAsync(cancellationToken);

                // Whoever was first, this is the one that stayed.
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
                await using var command = new NpgsqlCommand("insert into tenants (id, name, created_at) values ($1, $2, $3) on conflict (id) do nothing", connection);
                command.Parameters.With(NewProject.DefaultTenantId).With(NewProject.DefaultTenantName).With(time.GetUtcNow());
                await command.ExecuteNonQueryAsync(cancellationToken);
                return NewProject.DefaultTenantId;
            },
            cancellationToken);

    public Task<bool> AddKeyAsync(NewKey key, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "insert into keys (project_id, id, kind, hash, shown, created_at) values ($1, $2, $3, $4, $5, $6) on conflict (hash) do nothing", connection);
                command.Parameters
                    .With(key.ProjectId).With(key.KeyId).With((short)key.Kind, NpgsqlDbType.Smallint).With(key.Hash).With(key.Shown).With(key.CreatedAt);
                return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
            },
            cancellationToken);

    public Task<bool> RevokeKeyAsync(Guid projectId, Guid keyId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "update keys set revoked_at = $3 where project_id = $1 and id = $2 and revoked_at is null", connection);
                command.Parameters.With(projectId).With(keyId).With(now);
                return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
            },
            cancellationToken);

    public Task<IReadOnlyList<KeyInfo>> ListKeysAsync(Guid projectId, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select id, kind, shown, created_at, revoked_at from keys where project_id = $1 order by created_at desc, id desc", connection);
                command.Parameters.With(projectId);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                List<KeyInfo> keys = [];
                while (await reader.ReadAsync(cancellationToken))
                {
                    keys.Add(new KeyInfo(
                        reader.GetGuid(0), (KeyKind)reader.GetInt16(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3),
                        reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4)));
                }

                return (IReadOnlyList<KeyInfo>)keys;
            },
            cancellationToken);

    public Task<long> ReadUsageAsync(Guid tenantId, DateOnly month, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand("select accepted from usage where tenant_id = $1 and month = $2 and env = 0", connection);
                command.Parameters.With(tenantId).With(month);
                return await command.ExecuteScalarAsync(cancellationToken) is long accepted ? accepted : 0;
            },
            cancellationToken);

    private static Project Read(NpgsqlDataReader reader) => new(
        new ProjectRef(reader.GetGuid(0), reader.GetGuid(1)),
        reader.GetString(2),
        reader.GetFieldValue<byte[]>(3),
        PlanTable.EventsPerMonth((PlanId)reader.GetInt16(6), reader.IsDBNull(4) ? null : reader.GetInt64(4)),
        reader.IsDBNull(5) ? null : reader.GetFieldValue<string[]>(5).ToHashSet(StringComparer.Ordinal))
    {
        MonthlyTestQuota = PlanTable.Of((PlanId)reader.GetInt16(6)).TestEventsPerMonth,
        Rates = PlanTable.Of((PlanId)reader.GetInt16(6)).Rates,
        Aliases = ProjectAliases.Read(reader.IsDBNull(7) ? null : reader.GetString(7)),
    };
}
