namespace TelemetryKit.Storage.Migrations;

/// <summary>Determines the migrations to apply.</summary>
internal static class MigrationPlan
{
    /// <summary>
    /// Returns the known migrations that aren't applied, in order.
    /// </summary>
    /// <exception cref="MigrationException">
    /// The database is newer than this program, or the text of an applied migration differs: the schema would be untested.
    /// </exception>
    public static IReadOnlyList<Migration> Pending(IReadOnlyList<Migration> known, IReadOnlyList<AppliedMigration> applied)
    {
        var byVersion = known.ToDictionary(migration => migration.Version);
        foreach (var (version, checksum) in applied)
        {
            if (!byVersion.Remove(version, out var migration))
            {
                throw new MigrationException(
                    $"The database has migration {version:D4}, but this program has only {known.Count} migrations: the database is newer. "
                    + "Start the newer program.");
            }

            if (migration.Checksum != checksum)
            {
                throw new MigrationException(
                    $"Migration {version:D4}_{migration.Name} was applied with a different text than that of this program. "
                    + "Start the program that applied it, or restore a backup.");
            }
        }

        return [.. byVersion.Values.OrderBy(migration => migration.Version)];
    }
}
