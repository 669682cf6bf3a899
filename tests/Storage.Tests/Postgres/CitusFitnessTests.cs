namespace TelemetryKit.Storage.Tests.Postgres;

/// <summary>
/// The schema can be distributed with Citus (docs/SCALE.md): tables that grow with events by project, those that grow with tenants by
/// tenant. Citus requires that each unique index contains the column, and that foreign keys stay inside it or lead to local tables.
/// </summary>
public sealed class CitusFitnessTests(PostgresHarness harness) : IClassFixture<PostgresHarness>
{
    // What an event adds to.
    private static readonly string[] ByProject =
    [
        "batch_keys", "event_batches", "install_generations", "installs", "rollup_deltas", "rollups", "rollups_monthly",
    ];

    private static readonly string[] ByTenant = ["usage", "usage_days", "overage_hours"];

    // Tables that grow with customers and operators, not with events, stay on the coordinator. Several have a unique index of their own
    // across tenants: a key, a name or an address belongs to one.
    private static readonly string[] Local =
    [
        "accounts", "api_tokens", "audit_log", "billing", "billing_events", "chores", "cluster_members", "cluster_versions",
        "data_protection_keys", "email_undos", "erasures", "grain_states", "invitations", "keys", "link_attempts", "mails", "members",
        "one_time_tokens", "orleansquery", "projects", "receipt_keys", "recovery_codes", "removed_github_links", "schema_migrations",
        "sent_notices", "server_secret", "sessions", "shares", "sign_ins", "spent_quotas", "tenants", "totp",
    ];

    [Fact]
    public async Task Each_table_is_distributed_or_local()
    {
        var tables = await ColumnAsync(
            "select relname::text from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace");
        Assert.Equal(ByProject.Concat(ByTenant).Concat(Local).Order(StringComparer.Ordinal), tables.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_unique_index_of_a_distributed_table_begins_with_the_column_that_distributes_it()
    {
        var indexes = await harness.RowsAsync(
            """
            select t.relname::text, i.relname::text, a.attname::text
            from pg_index x
            join pg_class t on t.oid = x.indrelid and t.relnamespace = 'public'::regnamespace
            join pg_class i on i.oid = x.indexrelid
            left join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
            where x.indisunique
            """);
        var distributed = indexes.Where(row => ColumnOf((string)row[0]) is not null).ToList();
        Assert.Equal(ByProject.Length + ByTenant.Length, distributed.Select(row => row[0]).Distinct().Count());
        Assert.Empty(distributed.Where(row => row[2] as string != ColumnOf((string)row[0])).Select(row => (string)row[1]));
    }

    [Fact]
    public async Task No_foreign_key_leads_out_of_or_into_a_distributed_table()
    {
        var keys = await harness.RowsAsync(
            """
            select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
            where contype = 'f' and connamespace = 'public'::regnamespace
            """);
        Assert.NotEmpty(keys);
        Assert.Empty(keys.Where(row => row.Any(table => ColumnOf((string)table) is not null)).Select(row => $"{row[0]} to {row[1]}"));
    }

    private static string? ColumnOf(string table) =>
        ByProject.Contains(table) ? "project_id" : ByTenant.Contains(table) ? "tenant_id" : null;

    private async Task<IEnumerable<string>> ColumnAsync(string sql) => (await harness.RowsAsync(sql)).Select(row => (string)row[0]);
}
