using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Privacy;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Storage.Sqlite;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Sqlite;

/// <summary>What was erased is in no byte of any file: neither in free space of the database nor in its log.</summary>
public sealed class SqliteErasureTests : IAsyncLifetime
{
    private const int Days = 5;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"telemetrykit-erasure-{Guid.NewGuid():N}");
    private readonly TelemetryKitMetrics _metrics = new();
    private SqliteStore _store = null!;
    private Project _project = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new SqliteStore(_folder, TestSecrets.Usual, TimeProvider.System);
        await _store.MigrateAsync(default);
        _project = await _store.Projects.EnsureProjectAsync(await _store.Projects.EnsureDefaultTenantAsync(default), "project", default);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_erased_install_is_in_no_file_while_the_server_runs_and_after_its_stop()
    {
        await FillAsync(installs: 3_000);
        int[] erased = [.. Enumerable.Range(0, 30).Select(i => i * 97)];
        foreach (var kind in (string[])["subject-", "metadata-", "context-", "hash"])
            Assert.Contains(Traces(erased), trace => trace.StartsWith(kind + " of 97 ", StringComparison.Ordinal));
        foreach (var install in erased)
            Assert.Equal(Days, await EraseAsync(install));
        Assert.Empty(Traces(erased));

        // Later writes move rows between pages.
        await FillAsync(installs: 500, first: 10_000);
        Assert.Empty(Traces(erased));
        await _store.DisposeAsync();
        Assert.Empty(Traces(erased));
    }

    [Fact]
    public async Task A_reader_delays_the_erasure_of_the_log_only_while_it_reads()
    {
        await FillAsync(installs: 1_000);
        await using (var reader = _store.Events.ScanAsync(Everything(_project.Ref.ProjectId), default).GetAsyncEnumerator())
        {
            Assert.True(await reader.MoveNextAsync());
            // Neither the erasure nor the commits that follow wait for the reader.
            Assert.Equal(Days, await EraseAsync(7));
            await FillAsync(installs: 3, first: 20_000);
            Assert.NotEmpty(Traces(7));
        }

        Assert.Empty(Traces(7));
    }

    [Fact]
    public async Task Purged_and_reset_data_is_in_no_file()
    {
        await FillAsync(installs: 300);
        await foreach (var _ in _store.Retention.PurgeAsync(_project.Ref.ProjectId, Day.AddDays(1), default))
        {
        }

        // Installs are kept by a purge.
        Assert.Empty(Traces(Enumerable.Range(0, 300), withHash: false));
        await _store.Accounts.Projects.DeleteAsync(
            _project.Ref.ProjectId, new AuditLine(Actor.Operator, AuditActions.ProjectDeleted, DateTimeOffset.UtcNow), default);
        Assert.Empty(Traces(Enumerable.Range(0, 300)));
    }

    /// <summary>Each install sends an event on each day, in batches of many installs, with compactions of the days in between.</summary>
    private async Task FillAsync(int installs, int first = 0)
    {
        var pipeline = new IngestPipeline(
            _store.Commits, new NoViews(), _metrics, TimeProvider.System, NullLogger<IngestPipeline>.Instance);
        for (var ago = 0; ago < Days; ago++)
        {
            var alone = Enumerable.Range(first, installs).Where(HasContext);
            foreach (var part in Enumerable.Range(first, installs).Except(alone).Chunk(500).Concat(alone.Chunk(1)))
            {
                var events = part.Select(i =>
                    $$$"""
                    {"event_type":"command_executed","timestamp":"{{{Day.AddDays(-ago):yyyy-MM-dd}}}T00:00:01Z","user_id":"{{{UserOf(i)}}}",
                     "metadata":{"command":"subject-{{{Word(i)}}}","note":"metadata-{{{Word(i)}}}"}}
                    """);
                var context = HasContext(part[0]) ? "context-" + Word(part[0]) : "6.1";
                var body = Encoding.UTF8.GetBytes(
                    $$"""
                    {"batch_id":"{{Guid.NewGuid()}}","context":{"os":"linux","os_version":"{{context}}"},
                     "events":[{{string.Join(',', events)}}]}
                    """);
                var result = await pipeline.IngestAsync(new(Guid.NewGuid(), KeyKind.Live, _project), new ReadOnlySequence<byte>(body));
                Assert.Equal((IngestStatus.Done, part.Length), (result.Status, result.Accepted));
            }

            await _store.Rollups.FoldDayAsync(_project.Ref.ProjectId, DataEnvironment.Live, Day.AddDays(-ago), Rollup.Fold, default);
        }

        await pipeline.DrainAsync();
    }

    private async Task<long> EraseAsync(int install)
    {
        var statistics = new ProjectStatistics(new NoViews(), _store.Events, _store.Rollups);
        return await statistics.DeleteInstallAsync(_project.Ref.ProjectId, HashOf(install), null, default);
    }

    private List<string> Traces(params int[] installs) => Traces(installs, withHash: true);

    private List<string> Traces(IEnumerable<int> installs, bool withHash = true)
    {
        var files = Files();
        List<string> traces = [];
        foreach (var install in installs)
        {
            var hash = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(hash, HashOf(install));
            List<(string, byte[])> forms = [.. ((string[])["subject-", "metadata-", "context-"])
                .Select(kind => (kind, Encoding.UTF8.GetBytes(kind + Word(install))))];
            if (withHash)
                forms.AddRange([("hash", hash), ("reversed hash", [.. hash.Reverse()])]);
            traces.AddRange(
                from form in forms
                from file in files
                where file.Value.AsSpan().IndexOf(form.Item2) >= 0
                select $"{form.Item1} of {install} in {file.Key}");
        }

        return traces;
    }

    // Another process copies them: if this process closed the files, SQLite would lose its locks.
    private Dictionary<string, byte[]> Files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "This needs cp.");
        var copy = Directory.CreateTempSubdirectory("telemetrykit-erasure-copy-").FullName;
        try
        {
            using var cp = Process.Start("cp", ["-r", _folder + "/.", copy]);
            cp.WaitForExit();
            Assert.Equal(0, cp.ExitCode);
            return Directory.GetFiles(copy).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private long HashOf(int install) => IdentityHasher.Install(_project.Secret, UserOf(install));

    private static bool HasContext(int install) => install % 97 == 0;

    private static string UserOf(int install) => $"user-{install}";

    // As long as names of people and machines are, and not a part of another one.
    private static string Word(int install) => $"{install:D6}-of-a-machine.";
}
