using TelemetryKit.Storage.Tests.Contract;

namespace TelemetryKit.Storage.Tests;

// Each contract is tested with both stores.
public sealed class PostgresCommits(PostgresHarness harness) : CommitContract<PostgresHarness>(harness);

public sealed class SqliteCommits(SqliteHarness harness) : CommitContract<SqliteHarness>(harness);

public sealed class PostgresRollupFolding(PostgresHarness harness) : RollupContract<PostgresHarness>(harness);

public sealed class SqliteRollupFolding(SqliteHarness harness) : RollupContract<SqliteHarness>(harness);

public sealed class PostgresRanges(PostgresHarness harness) : RangeContract<PostgresHarness>(harness);

public sealed class SqliteRanges(SqliteHarness harness) : RangeContract<SqliteHarness>(harness);

public sealed class PostgresInstalls(PostgresHarness harness) : InstallContract<PostgresHarness>(harness);

public sealed class SqliteInstalls(SqliteHarness harness) : InstallContract<SqliteHarness>(harness);

public sealed class PostgresEvents(PostgresHarness harness) : EventContract<PostgresHarness>(harness);

public sealed class SqliteEventStore(SqliteHarness harness) : EventContract<SqliteHarness>(harness);

public sealed class PostgresExplore(PostgresHarness harness) : ExploreContract<PostgresHarness>(harness);

public sealed class SqliteExplore(SqliteHarness harness) : ExploreContract<SqliteHarness>(harness);

public sealed class PostgresDeletion(PostgresHarness harness) : DeletionContract<PostgresHarness>(harness);

public sealed class SqliteDeletion(SqliteHarness harness) : DeletionContract<SqliteHarness>(harness);

public sealed class PostgresRetention(PostgresHarness harness) : RetentionContract<PostgresHarness>(harness);

public sealed class SqliteRetention(SqliteHarness harness) : RetentionContract<SqliteHarness>(harness);

public sealed class PostgresDailyPurge(PostgresHarness harness) : DailyPurgeContract<PostgresHarness>(harness);

public sealed class SqliteDailyPurge(SqliteHarness harness) : DailyPurgeContract<SqliteHarness>(harness);

public sealed class PostgresProjectStore(PostgresHarness harness) : ProjectContract<PostgresHarness>(harness);

public sealed class SqliteProjectStore(SqliteHarness harness) : ProjectContract<SqliteHarness>(harness);

public sealed class PostgresMigrations(PostgresHarness harness) : MigrationContract<PostgresHarness>(harness);

public sealed class SqliteMigrations(SqliteHarness harness) : MigrationContract<SqliteHarness>(harness);

public sealed class PostgresOutage(OwnPostgresHarness harness) : OutageContract<OwnPostgresHarness>(harness);

public sealed class SqliteOutage(SqliteHarness harness) : OutageContract<SqliteHarness>(harness);

public sealed class PostgresArrivals(PostgresHarness harness) : ArrivalContract<PostgresHarness>(harness);

public sealed class SqliteEventArrivals(SqliteHarness harness) : ArrivalContract<SqliteHarness>(harness);

public sealed class PostgresOverage(PostgresHarness harness) : OverageContract<PostgresHarness>(harness);

public sealed class SqliteOverage(SqliteHarness harness) : OverageContract<SqliteHarness>(harness);
