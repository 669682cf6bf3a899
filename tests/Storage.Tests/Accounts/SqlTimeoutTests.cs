using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Database;
using TelemetryKit.Storage.Postgres;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>
/// The timeouts of statements on the accounts' tables: that of the connection, and a longer one only for maintenance on PostgreSQL.
/// </summary>
public sealed class SqlTimeoutTests(PostgresHarness harness) : IClassFixture<PostgresHarness>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_SQLite_no_statement_waits_longer_for_a_lock_than_the_timeout_of_the_connection(bool slow)
    {
        Batteries_V2.Init();
        await using var connection = new SqliteConnection("Data Source=:memory:;Default Timeout=1");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var locked = true;
        connection.CreateFunction("locked", () => Volatile.Read(ref locked) ? throw new SqliteException("", raw.SQLITE_BUSY) : 0L);
        var sql = new Sql(connection, null, TestContext.Current.CancellationToken);

        // The provider blocks its thread while it retries.
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
    public async Task On_PostgreSQL_only_maintenance_may_exceed_the_timeout_of_the_connection()
    {
        var hasty = new NpgsqlConnectionStringBuilder(harness.ConnectionString) { CommandTimeout = 1 };
        await using var database = new PostgresDatabase(hasty.ConnectionString);
        var accounts = new PostgresAccountDatabase(database, harness.Time);

        await accounts.ReadAsync(sql => sql.SlowExecuteAsync("select pg_sleep(2)"), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => accounts.ReadAsync(
            sql => sql.ValueAsync<string>("select pg_sleep(60)::text"), TestContext.Current.CancellationToken));
    }
}
