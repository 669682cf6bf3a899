using System.Diagnostics;
using System.Globalization;
using TelemetryKit.Support;

namespace TelemetryKit.Packages.Tests.Sqlite;

public sealed class ProcessTests : IDisposable
{
    private const int Processes = 24, Events = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Many_processes_of_which_half_are_killed_deliver_each_event_in_exactly_one_batch()
    {
        var random = new Random(20261120);
        var lifetimes = Enumerable.Range(0, Processes).Select(_ => TimeSpan.FromMilliseconds(random.Next(500))).ToArray();
        var finished = new List<string>();
        var running = new SemaphoreSlim(6);
        await Task.WhenAll(Enumerable.Range(0, Processes).Select(async i =>
        {
            await running.WaitAsync(TestContext.Current.CancellationToken);
            var name = "w" + i.ToString(CultureInfo.InvariantCulture);
            var lifetime = i % 2 == 0 ? Timeout.InfiniteTimeSpan : lifetimes[i];
            if (await Run(name, Events, lifetime))
            {
                lock (finished)
                    finished.Add(name);
            }

            running.Release();
        }));
        Assert.InRange(finished.Count, Processes / 2, Processes - 1);
        Assert.True(await Run("drain", 0, Timeout.InfiniteTimeSpan));

        var deliveries = Directory.GetFiles(_folder, "*.delivery").Select(file => File.ReadAllText(file).Split(' ')).ToList();
        var batches = deliveries.GroupBy(line => line[0]).ToList();
        Assert.True(deliveries.Count > batches.Count, "No response was lost, so no batch was sent twice and the test proves nothing.");
        // A batch that is sent again is unchanged, so a server can count it once by its id …
        Assert.All(batches, batch => Assert.Single(batch.Select(line => string.Join(' ', line)).Distinct()));
        // … and no event is in two batches.
        var events = batches.SelectMany(batch => batch.First().Skip(1)).ToList();
        Assert.Equal(events.Count, events.Distinct().Count());
        // Processes that were not killed lost nothing.
        var names = events.Select(sent => sent.Split('=')[1]).ToHashSet();
        foreach (var name in finished)
            Assert.Subset(names, Enumerable.Range(0, Events).Select(i => FormattableString.Invariant($"{name}:{i}")).ToHashSet());
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.claim"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sixty_processes_that_end_at_the_same_time_lose_nothing(bool halfAreKilled)
    {
        const int processes = 60, events = 5;
        var names = Enumerable.Range(0, processes).Select(i => "w" + i.ToString(CultureInfo.InvariantCulture)).ToList();
        // Creates the database.
        Assert.True(await Run("first", 1, Timeout.InfiniteTimeSpan));
        var workers = names.Select(name => Process.Start(Start(name, events, "exit"))!).ToList();
        foreach (var worker in workers)
            Assert.Equal("recording", await worker.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        foreach (var worker in workers)
            worker.StandardInput.Close();
        // Those that are killed are in the middle of recording, storing or ending.
        for (var i = 1; halfAreKilled && i < workers.Count; i += 2)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            workers[i].Kill();
        }

        var ended = new List<string>();
        foreach (var (name, worker) in names.Zip(workers))
        {
            await worker.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (worker.ExitCode == 0)
                ended.Add(name);
            worker.Dispose();
        }

        Assert.InRange(ended.Count, halfAreKilled ? processes / 2 : processes, processes);
        Assert.True(await Run("drain", 0, Timeout.InfiniteTimeSpan));
        var delivered = Directory.GetFiles(_folder, "*.delivery").Select(file => File.ReadAllText(file).Split(' '))
            .GroupBy(line => line[0]).SelectMany(batch => batch.First().Skip(1)).Select(sent => sent.Split('=')[1]).ToList();
        Assert.Equal(delivered.Count, delivered.Distinct().Count());
        var expected = ended.SelectMany(name => Enumerable.Range(0, events).Select(i => FormattableString.Invariant($"{name}:{i}")));
        Assert.Empty(expected.Except(delivered));
    }

    /// <summary>Runs a worker, and kills it after the given time. Returns false if it was killed.</summary>
    private async Task<bool> Run(string name, int events, TimeSpan lifetime)
    {
        using var process = Process.Start(Start(name, events))!;
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        // Workers are killed while they record and send, not while they start.
        Assert.Equal("recording", await process.StandardOutput.ReadLineAsync(CancellationToken.None));
        using var timer = new CancellationTokenSource(lifetime);
        try
        {
            await process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            if (process.ExitCode != 0)
                return false;
        }

        Assert.Equal((0, ""), (process.ExitCode, await errors));
        return true;
    }

    private ProcessStartInfo Start(string name, int events, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet", [Worker, _folder, name, events.ToString(CultureInfo.InvariantCulture), .. more])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] variables = ["DO_NOT_TRACK", "TELEMETRYKIT_ENABLED", "TELEMETRYKIT_BACKEND", "TELEMETRYKIT_DEBUG", "ENVIRONMENT"];
        foreach (var variable in variables)
            start.Environment.Remove(variable);
        return start;
    }

    private static string Worker
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(
                BuildOutput.Root, "tests", "Sdk.Sqlite.Worker", "bin", own.Parent!.Name, own.Name, "TelemetryKit.Sdk.Sqlite.Worker.dll");
        }
    }
}
