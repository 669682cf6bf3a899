using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Database;
using TelemetryKit.Storage.Postgres;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>How long a statement of the accounts' tables may take: as the connection says, and only maintenance on PostgreSQL for longer.</summary>
public sealed class SqlTimeoutTests(PostgresHarness harness) : IClassFixture<PostgresHarness>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_SQLite_no_statement_waits_longer_for_a_lock_than_the_connection_says(bool slow)
    {
        Batteries_V2.Init();
        await using var connection = new SqliteConnection("Data Source=:memory:;Default Timeout=1");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var locked = true;
        connection.CreateFunction("locked", () => Volatile.Read(ref locked) ? throw new SqliteException("", raw.SQLITE_BUSY) : 0L);
        var sql = new Sql(connection, null, TestContext.Current.CancellationToken);

        // The provider blocks its thread while it tries again and again.
        var statement = Task.Run(() => slow ? sql.SlowExecuteAsync("select locked()") : sql.ValueAsync<int>("select locked()"));
        try
        {
            var fault = await Assert.ThrowsAsync<SqliteException>(() => statement.WaitAsync(TimeSpan.FromMinutes(1)));
            Assert.Equal(raw.SQLITE_BUSY, fault.SqliteErrorCode);
        }
        finally
        {
            Volatile.Write(ref locked, false);
            await Task.WhenAny(statement);
        }
    }

    [Fact]
    public async Task On_PostgreSQL_only_maintenance_may_take_longer_than_the_connection_says()
    {
        var hasty = new NpgsqlConnectionStringBuilder(harness.ConnectionString) { CommandTimeout = 1 };
        await using var database = new PostgresDatabase(hasty.ConnectionString);
        var accounts = new PostgresAccountDatabase(database, harness.Time);

        await accounts.ReadAsync(sql => sql.SlowExecuteAsync("select pg_sleep(2)"), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => accounts.ReadAsync(
            sql => sql.ValueAsync<string>("select pg_sleep(60)::text"), TestContext.Current.CancellationToken));
    }
}
