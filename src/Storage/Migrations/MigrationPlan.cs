namespace TelemetryKit.Storage.Migrations;

/// <summary>What is still to be applied. Pure: both databases use it.</summary>
internal static class MigrationPlan
{
    /// <summary>
    /// The known migrations that were not applied, in order. Throws <see cref="MigrationException"/> where the database is newer than this program or an
    /// applied migration's text differs: going on would work on a schema nobody has tested.
    /// </summary>
    public static IReadOnlyList<Migration> Pending(IReadOnlyList<Migration> known, IReadOnlyList<AppliedMigration> applied)
    {
        var byVersion = known.ToDictionary(migration => migration.Version);
        foreach (var (version, checksum) in applied)
        {
            if (!byVersion.Remove(version, out var migration))
            {
                throw new MigrationException(
                    $"The database has migration {version:D4}, and this program knows only {known.Count} migrations: the database is newer. Start the newer program.");
            }

            if (migration.Checksum != checksum)
            {
                throw new MigrationException(
                    $"Migration {version:D4}_{migration.Name} was applied with another text than this program's. Start the program that applied it, or restore a backup.");
            }
        }

        return [.. byVersion.Values.OrderBy(migration => migration.Version)];
    }
}
