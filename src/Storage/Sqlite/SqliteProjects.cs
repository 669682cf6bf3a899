using System.Security.Cryptography;
using System.Text.Json;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Projects;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Finds projects and keys for requests.</summary>
internal sealed class SqliteProjects(SqliteDatabase database, Seals seals, TimeProvider time) : IProjectStore, IKeyLookup
{
    private const string ProjectColumns =
        "p.tenant_id, p.id, p.name, p.sealed_secret, t.monthly_quota, p.metadata_allow_list, t.plan, p.aliases, "
        + "(select coalesce(sum(g.generation), 0) from install_generations g where g.project_id = p.id), p.suspended_at, "
        + "t.overage_events, t.interim_month, t.interim_quota, t.interim_overage";

    public Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var select = session.Prepare(
                        $"""
                        select {ProjectColumns}, k.id, k.kind
                        from keys k join projects p on p.id = k.project_id join tenants t on t.id = p.tenant_id
                        where k.hash = ?1 and (k.revoked_at is null or k.revoked_at > ?2) and (k.expires_at is null or k.expires_at > ?2)
                        """)
                    .BindBlob(hash).Bind(now);
                return select.First(row => new ProjectKey(row.Guid(14), (KeyKind)row.Long(15), Read(row)));
            },
            cancellationToken);

    public Task<Project?> FindProjectAsync(Guid projectId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => session.Prepare(
                    $"""
                    select {ProjectColumns} from projects p join tenants t on t.id = p.tenant_id
                    where p.id = ? and p.deleted_at is null
                    """)
                .Bind(projectId).First(Read),
            cancellationToken);

    public Task<Project> EnsureProjectAsync(Guid tenantId, string name, CancellationToken cancellationToken) =>
        database.TransactAsync(
            session =>
            {
                var (now, secret) = (time.GetUtcNow(), RandomNumberGenerator.GetBytes(NewProject.SecretLength));
                var id = Guid.CreateVersion7(now);
                session.Prepare(
                        """
                        insert into projects (id, tenant_id, name, sealed_secret, created_at) values (?, ?, ?, ?, ?)
                        on conflict (tenant_id, name) do nothing
                        """)
                    .Bind(id).Bind(tenantId).Bind(name)
                    .BindBlob(seals.SealProject(id, secret)).Bind(now).Execute();
                return session.Prepare(
                        $"""
                        select {ProjectColumns} from projects p join tenants t on t.id = p.tenant_id
                        where p.tenant_id = ? and p.name = ?
                        """)
                    .Bind(tenantId).Bind(name).First(Read) ?? throw new ArgumentException("There is no such tenant.", nameof(tenantId));
            },
            cancellationToken);

    public Task<Guid> EnsureDefaultTenantAsync(CancellationToken cancellationToken) =>
        database.TransactAsync(
            session =>
            {
                session.Prepare(
                        "insert into tenants (id, name, plan_by_operator, created_at) values (?, ?, 1, ?) on conflict (id) do nothing")
                    .Bind(NewProject.DefaultTenantId).Bind(NewProject.DefaultTenantName).Bind(time.GetUtcNow()).Execute();
                return NewProject.DefaultTenantId;
            },
            cancellationToken);

    /// <summary>Reads the number of events that a tenant's month contains.</summary>
    public static long ReadUsage(SqliteSession session, Guid tenantId, DateOnly month, DataEnvironment environment) =>
        session.Prepare("select accepted from usage where tenant_id = ? and month = ? and env = ?")
            .Bind(tenantId).Bind(month).Bind(environment).ReadLong(none: 0);

    private Project Read(SqliteStatement row)
    {
        var (plan, custom) = ((PlanId)row.Long(6), Long(row, 4));
        var limits = Long(row, 11) == QuotaMonth.Of(time.GetUtcNow()).Number
            ? new MonthLimits(Long(row, 12), Long(row, 13))
            : new MonthLimits(PlanTable.EventsPerMonth(plan, custom), Long(row, 10));
        return new(
            new ProjectRef(row.Guid(0), row.Guid(1)),
            row.String(2),
            seals.OpenProject(row.Guid(1), row.Bytes(3)),
            limits.Quota,
            row.OptionalString(5) is { } keys ? JsonSerializer.Deserialize<HashSet<string>>(keys) : null)
        {
            MonthlyTestQuota = PlanTable.Of(plan).TestEventsPerMonth,
            OverageEvents = limits.Overage,
            Rates = PlanTable.RatesOf(plan, custom),
            Aliases = ProjectAliases.Read(row.OptionalString(7)),
            Generation = row.Long(8),
            IsSuspended = !row.IsNull(9),
        };
    }

    private static long? Long(SqliteStatement row, int column) => row.IsNull(column) ? null : row.Long(column);
}
