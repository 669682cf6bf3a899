using TelemetryKit.Storage.Sqlite;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Sqlite;

/// <summary>The database file: the lock of the process, and file permissions.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"telemetrykit-sqlite-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_second_server_on_the_same_file_is_rejected_until_the_first_is_closed()
    {
        await using (var first = new SqliteStore(_folder, TestSecrets.Usual, TimeProvider.System))
        {
            await first.MigrateAsync(default);
            await using var second = new SqliteStore(_folder, TestSecrets.Usual, TimeProvider.System);
            var refused = await Assert.ThrowsAsync<DatabaseInUseException>(() => second.MigrateAsync(default));
            Assert.Contains("telemetrykit.db is in use by another process", refused.Message, StringComparison.Ordinal);
        }

        await using var third = new SqliteStore(_folder, TestSecrets.Usual, TimeProvider.System);
        await third.MigrateAsync(default);
    }

    [Fact]
    public async Task The_folder_and_its_files_are_accessible_by_the_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        await using var store = new SqliteStore(_folder, TestSecrets.Usual, TimeProvider.System);
        await store.MigrateAsync(default);
        await store.CommitAsync(Guid.NewGuid(), Batch(10, Day));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
        var files = Directory.GetFiles(_folder);
        Assert.Contains(files, file => file.EndsWith("-wal", StringComparison.Ordinal));
        foreach (var file in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Committed_data_is_available_after_reopening()
    {
        var project = Guid.NewGuid();
        await using (var store = new SqliteStore(_folder, TestSecrets.Usual, TimeProvider.System))
        {
            await store.MigrateAsync(default);
            await store.CommitAsync(project, Batch(10, Day));
        }

        await using var again = new SqliteStore(_folder, TestSecrets.Usual, TimeProvider.System);
        await again.MigrateAsync(default);
        Assert.Equal(10, (await again.LinesAsync(Everything(project))).Count);
    }

    [Fact]
    public async Task A_file_that_is_not_a_database_is_an_outage_and_is_not_changed()
    {
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, StorageOptions.DatabaseFile);
        await File.WriteAllTextAsync(file, new string('x', 5_000));
        await using var store = new SqliteStore(_folder, TestSecrets.Usual, TimeProvider.System);
        await Assert.ThrowsAsync<Core.Storage.StorageUnavailableException>(() => store.MigrateAsync(default));
        Assert.Equal(5_000, (await File.ReadAllTextAsync(file)).Count(c => c == 'x'));
    }
}
