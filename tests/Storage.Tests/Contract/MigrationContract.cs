using TelemetryKit.Storage.Migrations;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>The requirements of migrations that every store must meet.</summary>
public abstract class MigrationContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    [Fact]
    public async Task A_second_migration_changes_nothing() => await harness.Store.MigrateAsync(default);

    [Fact]
    public async Task Processes_that_start_concurrently_migrate_once() =>
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => harness.Another().MigrateAsync(default))));

    [Fact]
    public async Task A_newer_database_is_rejected()
    {
        await harness.ExecuteAsync(
            "insert into schema_migrations select 9999, 'future', 'x', applied_at from schema_migrations where version = 1");
        try
        {
            var refused = await Assert.ThrowsAsync<MigrationException>(() => harness.Store.MigrateAsync(default));
            Assert.Contains("9999", refused.Message, StringComparison.Ordinal);
            Assert.Contains("newer", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await harness.ExecuteAsync("delete from schema_migrations where version = 9999");
        }
    }

    [Fact]
    public async Task A_migration_that_was_edited_after_it_was_applied_is_rejected()
    {
        await harness.ExecuteAsync("update schema_migrations set checksum = 'x' || checksum where version = 1");
        try
        {
            await Assert.ThrowsAsync<MigrationException>(() => harness.Store.MigrateAsync(default));
        }
        finally
        {
            await harness.ExecuteAsync("update schema_migrations set checksum = substr(checksum, 2) where version = 1");
        }
    }
}
