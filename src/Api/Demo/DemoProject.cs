using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Demo;

/// <summary>
/// Fills the project <c>demo</c> with 90 days of generated events through an ingest pipeline with a moved clock. Batch ids are derived
/// from the hour, so a second start adds only the hours since the first.
/// </summary>
internal sealed class DemoProject(
    IProjectStore projects, IKeyStore keys, ICommitStore commits, IProjectViews views, TelemetryKitMetrics metrics,
    ILogger<IngestPipeline> pipelineLog, ServerAddress address, DemoAccess access, TextWriter console,
    TimeProvider time)
{
    private const string Name = "demo";
    private const int Senders = 128;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Sends the events and prints the keys of the project.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var tenant = await projects.EnsureDefaultTenantAsync(cancellationToken);
        var project = await projects.EnsureProjectAsync(tenant, Name, cancellationToken);
        var live = await KeyAsync(project, KeyKind.Live, cancellationToken);
        var read = await KeyAsync(project, KeyKind.Read, cancellationToken);
        access.Current = new(project.Ref.ProjectId, read);
        var (sent, accepted) = await SendAsync(new ProjectKey(Guid.Empty, KeyKind.Live, project), cancellationToken);

        var text = new StringBuilder().AppendLine();
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Demo: {sent} events of the last {DemoClock.Days} days, {accepted} of them new, in {seconds:0.0} s.");
        text.AppendLine(CultureInfo.InvariantCulture, $"Keys of the project \"{Name}\":");
        text.AppendLine(CultureInfo.InvariantCulture, $"  live  {live}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  read  {read}");
        var url = await address.UrlAsync(cancellationToken);
        text.AppendLine("Ask it:");
        foreach (var (question, path) in DemoQuestions.All)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  # {question}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  curl -s '{url}{path}' -H 'Authorization: Bearer {read}'");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"Look at it: {url}/projects/{project.Ref.ProjectId}");
        await console.WriteAsync(text, cancellationToken);
        await console.FlushAsync(cancellationToken);
    }

    // Only hashes of keys are stored, so a random key couldn't be printed again. These keys are derived from the project's secret:
    // every start and every replica prints the same key. If it was revoked, the key with the next number replaces it.
    private async Task<string> KeyAsync(Project project, KeyKind kind, CancellationToken cancellationToken)
    {
        for (var number = 0; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"telemetrykit demo key {kind} {number}");
            var key = ApiKey.Of(kind, HMACSHA256.HashData(project.Secret, Encoding.UTF8.GetBytes(name)));
            var row = NewKey.Of(project.Ref.ProjectId, kind, key, time.GetUtcNow());
            if (await keys.EnsureAsync(row, cancellationToken)
                || await keys.FindKeyAsync(ApiKey.Hash(key), time.GetUtcNow(), cancellationToken) is not null)
                return key;
        }
    }

    private async Task<(int Sent, int Accepted)> SendAsync(ProjectKey key, CancellationToken cancellationToken)
    {
        int sent = 0, accepted = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = cancellationToken };
        var clock = new DemoClock(time);
        var pipeline = new IngestPipeline(commits, views, metrics, clock, pipelineLog);
        try
        {
            foreach (var day in Days(time.GetUtcNow()))
            {
                clock.MoveTo(day.Key);
                var installs = DemoInstall.On(day.Key);
                await Parallel.ForEachAsync(day.SelectMany(hour => DemoHour.Sessions(hour, installs)), options, async (session, token) =>
                {
                    var result = await SendAsync(pipeline, key, session, token);
                    Interlocked.Add(ref sent, result.Received);
                    Interlocked.Add(ref accepted, result.Accepted);
                });
            }
        }
        finally
        {
            await pipeline.DrainAsync();
        }

        return (sent, accepted);
    }

    private async Task<IngestResult> SendAsync(
        IngestPipeline pipeline, ProjectKey key, DemoSession session, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await pipeline.IngestAsync(key, DemoBatch.Write(session));
            if (result.Status is IngestStatus.Done)
                return result;
            if (result.Status is not (IngestStatus.Overloaded or IngestStatus.StorageUnavailable))
                throw new InvalidOperationException($"A demo batch was rejected: {result.Message}");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    // Whole hours only, so an hour is the same whenever it is sent.
    private static IEnumerable<IGrouping<DateOnly, DateTimeOffset>> Days(DateTimeOffset now)
    {
        var end = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
        var hours = Enumerable.Range(0, DemoClock.Days * 24).Select(hour => end.AddDays(-DemoClock.Days).AddHours(hour));
        return hours.GroupBy(hour => DateOnly.FromDateTime(hour.UtcDateTime));
    }
}
