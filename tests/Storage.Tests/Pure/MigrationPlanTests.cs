using TelemetryKit.Storage.Migrations;

namespace TelemetryKit.Storage.Tests.Pure;

public sealed class MigrationPlanTests
{
    private static readonly Migration[] Known = [new(1, "one", "a"), new(2, "two", "b")];

    [Fact]
    public void Migrations_that_are_not_applied_are_pending_in_order()
    {
        Assert.Equal(Known, MigrationPlan.Pending(Known, []));
        Assert.Equal([Known[1]], MigrationPlan.Pending(Known, [new(1, Known[0].Checksum)]));
        Assert.Empty(MigrationPlan.Pending(Known, [new(1, Known[0].Checksum), new(2, Known[1].Checksum)]));
    }

    [Fact]
    public void A_newer_database_and_an_edited_migration_are_rejected()
    {
        Assert.Throws<MigrationException>(() => MigrationPlan.Pending(Known, [new(3, "x")]));
        Assert.Throws<MigrationException>(() => MigrationPlan.Pending(Known, [new(1, "x")]));
    }

    [Theory]
    [InlineData("Postgres")]
    [InlineData("Sqlite")]
    public void The_embedded_migrations_are_numbered_without_gaps(string kind)
    {
        var migrations = Migration.Load(kind);
        Assert.NotEmpty(migrations);
        Assert.Equal(Enumerable.Range(1, migrations.Count), migrations.Select(migration => migration.Version));
    }
}
