using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Backups;

/// <summary>
/// <c>admin backup</c> and <c>admin restore</c>: what was acknowledged before the backup began is in it exactly once, and a restored server
/// takes the same batches as duplicates. <c>TELEMETRYKIT_TEST_BACKUPS</c> is the number of backups under load.
/// </summary>
public sealed class BackupTests(ITestOutputHelper output)
{
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("TELEMETRYKIT_TEST_BACKUPS"), out var rounds) ? rounds : 1;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_backup_under_load_has_each_acknowledged_batch_once_and_takes_it_as_a_duplicate(string storage)
    {
        await using var store = await TestStore.CreateAsync(storage);
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        ConcurrentBag<Sent> batches = [];
        for (var round = 0; round < Rounds; round++)
        {
            using var stop = new CancellationTokenSource();
            var writers = Enumerable.Range(0, 6).Select(_ => Task.Run(() => WriteAsync(server, batches, stop.Token))).ToArray();
            var enough = batches.Count + 100;
            await Eventually(() => batches.Count(sent => sent.IsAcknowledged) >= enough);
            var before = batches.Where(sent => sent.IsAcknowledged).ToHashSet();
            var file = Path.Combine(store.Folder, $"backup-{round}.zip");
            var backup = await store.AdminAsync("backup", file);
            Assert.True(backup.ExitCode == 0, backup.ToString());
            await stop.CancelAsync();
            await Task.WhenAll(writers);
            output.WriteLine($"{backup.Output.Trim()} {before.Count} batches before, {batches.Count - before.Count} during and after.");
            await RestoreAsync(storage, file, [.. batches], before);
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_backup_that_is_killed_leaves_no_file(string storage)
    {
        await using var store = await FilledAsync(storage);
        var file = Path.Combine(store.Folder, "backup.zip");
        // A backup may be complete before it is killed; then it is tried again.
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 50, "No backup was killed before it was complete.");
            using var process = Process.Start(store.Admin("backup", file))!;
            await Eventually(() => process.HasExited || Directory.GetFiles(store.Folder, "backup.zip*").Length > 0);
            process.Kill();
            await process.WaitForExitAsync();
            if (!File.Exists(file))
                break;
            using (var archive = await ZipFile.OpenReadAsync(file))
                Assert.Equal(["data", "manifest.json"], archive.Entries.Select(entry => entry.Name));
            File.Delete(file);
        }

        // What the killed one left is in the way of nothing.
        var whole = await store.AdminAsync("backup", file);
        Assert.True(whole.ExitCode == 0, whole.ToString());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var second = await store.AdminAsync("backup", file);
        Assert.Equal((1, $"{file} exists. Choose another name."), (second.ExitCode, second.Error.Trim()));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_backup_on_a_full_disk_fails_and_leaves_no_file(string storage)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Only root can mount a small file system.");
        await using var store = await FilledAsync(storage);
        using var folder = new TestFolder();
        var mounted = await ToolResult.OfAsync(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", folder.Path]));
        Assert.True(mounted.ExitCode == 0, mounted.ToString());
        try
        {
            var result = await store.AdminAsync("backup", Path.Combine(folder.Path, "backup.zip"));
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("backup.zip can't be written", result.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(folder.Path));
        }
        finally
        {
            await ToolResult.OfAsync(new ProcessStartInfo("umount", [folder.Path]));
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_file_that_is_damaged_or_newer_or_of_another_store_is_refused(string storage)
    {
        await using var store = await FilledAsync(storage);
        var file = Path.Combine(store.Folder, "backup.zip");
        Assert.Equal(0, (await store.AdminAsync("backup", file)).ExitCode);
        await using var empty = await TestStore.CreateAsync(storage);
        await using var other = await TestStore.CreateAsync(storage == "sqlite" ? "postgres" : "sqlite");

        var bytes = await File.ReadAllBytesAsync(file);
        await RefuseAsync(empty, bytes[..(bytes.Length / 2)], "is damaged");
        bytes[bytes.Length / 3] ^= 1;
        await RefuseAsync(empty, bytes, "is damaged");
        await RefuseAsync(empty, "no archive"u8.ToArray(), "is damaged");
        var newer = await ChangedAsync(file, manifest => manifest["schema"] = 9_999);
        await RefuseAsync(empty, newer, "was made by the newer version");
        await RefuseAsync(other, await File.ReadAllBytesAsync(file), "A backup can't change the store");
        // The database that was backed up has data.
        await RefuseAsync(store, await File.ReadAllBytesAsync(file), "a restore never replaces data");

        // Nothing of those attempts is in the way.
        var result = await empty.AdminAsync("restore", file);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(await store.CountAsync(), await empty.CountAsync());
    }

    [Fact]
    public async Task A_running_server_keeps_its_folder_from_a_restore()
    {
        await using var store = await FilledAsync("sqlite");
        var file = Path.Combine(store.Folder, "backup.zip");
        Assert.Equal(0, (await store.AdminAsync("backup", file)).ExitCode);
        await using var target = TestStore.Sqlite();
        await using var server = ServerProcess.Create(target.Folder, target.Environment);
        await server.StartAsync();
        await RefuseAsync(target, await File.ReadAllBytesAsync(file), "is in use by another process");
    }

    [Fact]
    public async Task A_copy_of_the_database_file_alone_lacks_what_is_in_the_log()
    {
        await using var store = TestStore.Sqlite();
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        var batch = Batch.Create(new Random(1), 30);
        Assert.Equal(30, (await batch.SendAsync(server.Http, server.Address)).Accepted);
        using var folder = new TestFolder();
        File.Copy(Path.Combine(store.Folder, "telemetrykit.db"), Path.Combine(folder.Path, "telemetrykit.db"));
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "telemetrykit.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        // The tables may be in the log, too.
        command.CommandText = "select count(*) from sqlite_schema where name = 'events'";
        var hasTable = await command.ExecuteScalarAsync() is 1L;
        command.CommandText = "select count(*) from events";
        Assert.Equal(0L, hasTable ? await command.ExecuteScalarAsync() : 0L);
        Assert.Equal(30, (await store.CountAsync()).Events);
    }

    private static async Task<TestStore> FilledAsync(string storage)
    {
        var store = await TestStore.CreateAsync(storage);
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        for (var i = 0; i < 10; i++)
            Assert.Equal(1_000, (await Batch.Create(new Random(i), 1_000).SendAsync(server.Http, server.Address)).Accepted);
        return store;
    }

    private static async Task WriteAsync(ServerProcess server, ConcurrentBag<Sent> batches, CancellationToken stop)
    {
        var random = new Random(Random.Shared.Next());
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        while (!stop.IsCancellationRequested)
        {
            var sent = new Sent(Batch.Create(random, random.Next(1, 40), withBatchId: random.Next(5) > 0));
            batches.Add(sent);
            var response = await sent.Batch.SendAsync(http, server.Address, CancellationToken.None);
            Assert.Equal((200, sent.Batch.Count), (response.Status, response.Accepted));
            sent.IsAcknowledged = true;
        }
    }

    private static async Task RestoreAsync(string storage, string file, IReadOnlyList<Sent> batches, HashSet<Sent> before)
    {
        await using var store = await TestStore.CreateAsync(storage);
        var result = await store.AdminAsync("restore", file);
        Assert.True(result.ExitCode == 0, result.ToString());
        var restored = await store.CountAsync();
        Assert.Equal(new Stored(restored.Events, restored.Events, restored.Events), restored);
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        await store.HoldExactlyAsync(restored.Events, server);

        long added = 0;
        foreach (var sent in batches)
        {
            var response = await sent.Batch.SendAsync(server.Http, server.Address);
            Assert.Equal(200, response.Status);
            Assert.Equal(sent.Batch.Count, response.Accepted + response.Duplicates);
            Assert.Contains(response.Accepted, before.Contains(sent) ? [0] : (int[])[0, sent.Batch.Count]);
            added += response.Accepted;
        }

        Assert.Equal(batches.Sum(sent => sent.Batch.Count), restored.Events + added);
        await store.HoldExactlyAsync(restored.Events + added, server);
    }

    // Restores a file with that content.
    private static async Task RefuseAsync(TestStore store, byte[] content, string reason)
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "backup.zip");
        await File.WriteAllBytesAsync(file, content);
        var result = await store.AdminAsync("restore", file);
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ChangedAsync(string file, Action<JsonObject> change)
    {
        using var expandable = new MemoryStream();
        await expandable.WriteAsync(await File.ReadAllBytesAsync(file));
        using (var archive = new ZipArchive(expandable, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = archive.GetEntry("manifest.json")!;
            JsonObject manifest;
            using (var reader = entry.Open())
                manifest = (await JsonNode.ParseAsync(reader))!.AsObject();
            change(manifest);
            entry.Delete();
            await using var writer = new StreamWriter(archive.CreateEntry("manifest.json").Open());
            await writer.WriteAsync(manifest.ToJsonString());
        }

        return expandable.ToArray();
    }

    private static async Task Eventually(Func<bool> condition)
    {
        for (var since = Stopwatch.StartNew(); !condition(); await Task.Delay(5))
            Assert.True(since.Elapsed < ServerExtensions.Timeout, "The condition isn't met.");
    }

    private sealed class Sent(Batch batch)
    {
        private volatile bool _isAcknowledged;

        public Batch Batch => batch;

        public bool IsAcknowledged
        {
            get => _isAcknowledged;
            set => _isAcknowledged = value;
        }
    }
}
