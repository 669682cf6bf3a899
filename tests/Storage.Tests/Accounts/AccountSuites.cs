namespace TelemetryKit.Storage.Tests.Accounts;

// The suites run on both stores.
public sealed class PostgresSignUp(PostgresHarness harness) : SignUpContract<PostgresHarness>(harness);

public sealed class SqliteSignUp(SqliteHarness harness) : SignUpContract<SqliteHarness>(harness);

public sealed class PostgresSignIn(PostgresHarness harness) : SignInContract<PostgresHarness>(harness);

public sealed class SqliteSignIn(SqliteHarness harness) : SignInContract<SqliteHarness>(harness);

public sealed class PostgresAddresses(PostgresHarness harness) : AddressContract<PostgresHarness>(harness);

public sealed class SqliteAddresses(SqliteHarness harness) : AddressContract<SqliteHarness>(harness);

public sealed class PostgresTenants(PostgresHarness harness) : TenantContract<PostgresHarness>(harness);

public sealed class SqliteTenants(SqliteHarness harness) : TenantContract<SqliteHarness>(harness);

public sealed class PostgresManagedProjects(PostgresHarness harness) : ManagedProjectContract<PostgresHarness>(harness);

public sealed class SqliteManagedProjects(SqliteHarness harness) : ManagedProjectContract<SqliteHarness>(harness);

public sealed class PostgresJobLeases(PostgresHarness harness) : JobLeaseContract<PostgresHarness>(harness);

public sealed class SqliteJobLeases(SqliteHarness harness) : JobLeaseContract<SqliteHarness>(harness);

public sealed class PostgresMails(PostgresHarness harness) : MailContract<PostgresHarness>(harness);

public sealed class SqliteMails(SqliteHarness harness) : MailContract<SqliteHarness>(harness);

public sealed class PostgresUsage(PostgresHarness harness) : UsageContract<PostgresHarness>(harness);

public sealed class SqliteUsage(SqliteHarness harness) : UsageContract<SqliteHarness>(harness);

public sealed class PostgresBilling(PostgresHarness harness) : BillingContract<PostgresHarness>(harness);

public sealed class SqliteBilling(SqliteHarness harness) : BillingContract<SqliteHarness>(harness);

public sealed class PostgresShares(PostgresHarness harness) : ShareContract<PostgresHarness>(harness);

public sealed class SqliteShares(SqliteHarness harness) : ShareContract<SqliteHarness>(harness);
