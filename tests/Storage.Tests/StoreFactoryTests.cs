using TelemetryKit.Storage.Postgres;
using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Storage.Tests;

public sealed class StoreFactoryTests
{
    [Fact]
    public async Task A_connection_string_selects_PostgreSQL_and_none_selects_SQLite()
    {
        await using var postgres = StoreFactory.Create(
            new() { PostgresConnectionString = "Host=db;Database=kit;Username=u;Password=hidden", Secrets = TestSecrets.Usual },
            TimeProvider.System);
        Assert.IsType<PostgresStore>(postgres);
        Assert.Equal("PostgreSQL db:5432/kit", postgres.Description);
        await using var sqlite = StoreFactory.Create(
            new() { DataFolder = Path.GetTempPath(), Secrets = TestSecrets.Usual }, TimeProvider.System);
        Assert.IsType<SqliteStore>(sqlite);
        Assert.EndsWith("telemetrykit.db", sqlite.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Database=x;Password=hidden", "Host")]
    [InlineData("Host=x;Password=hidden", "Database")]
    [InlineData("Hust=x;Password=hidden", "hust")]
    [InlineData("Host=x;Database=y;Port=many;Password=hidden", "ort")]
    [InlineData("nonsense", "can't be read")]
    [InlineData("mysql://u:hidden@db/kit", "mysql:// is not the URL of a PostgreSQL database")]
    [InlineData("jdbc:postgresql://u:hidden@db/kit", "jdbc:postgresql:// is not the URL")]
    public void Each_fault_of_a_connection_string_is_reported_without_the_password(string connectionString, string named)
    {
        var fault = Assert.Throws<ArgumentException>(
            () => StoreFactory.Create(
                new() { PostgresConnectionString = connectionString, Secrets = TestSecrets.Usual }, TimeProvider.System));
        Assert.Contains(named, fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("hidden", fault.Message, StringComparison.Ordinal);
    }
}
