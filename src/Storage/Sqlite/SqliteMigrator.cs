using Microsoft.Data.Sqlite;
using SQLitePCL;
using TelemetryKit.Storage.Migrations;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Applies the migrations, each in a transaction that locks the file.</summary>
internal sealed class SqliteMigrator(SqliteDatabase database, TimeProvider time)
{
    private const string CreateTableSql =
        """
        create table if not exists schema_migrations
            (version integer primary key, name text not null, checksum text not null, applied_at integer not null)
        """;

    private static readonly IReadOnlyList<Migration> Known = Migration.Load("Sqlite");

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        while (await database.TransactAsync(ApplyNext, cancellationToken))
        {
        }
    }

    /// <summary>Applies one migration. Returns false if none is pending.</summary>
    private bool ApplyNext(SqliteSession session)
    {
        session.Execute(CreateTableSql);
        List<AppliedMigration> applied = [];
        var select = session.Prepare("select version, checksum from schema_migrations order by version");
        while (select.Step())
            applied.Add(new AppliedMigration((int)select.Long(0), select.String(1)));
        if (MigrationPlan.Pending(Known, applied) is not [var next, ..])
            return false;
        try
        {
            session.ExecuteScript(next.Sql);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT)
        {
            throw new MigrationException($"Migration {next.Version:D4}_{next.Name} failed: {fault.Message}", fault);
        }

        session.Prepare("insert into schema_migrations values (?, ?, ?, ?)")
            .Bind(next.Version).Bind(next.Name).Bind(next.Checksum).Bind(time.GetUtcNow()).Execute();
        return true;
    }
}
