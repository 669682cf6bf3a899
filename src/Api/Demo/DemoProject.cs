using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Demo;

/// <summary>
/// Fills the project <c>demo</c> with 30 days of generated events through the ingest pipeline. Batch ids are derived from the hour,
/// so a second start adds only the hours since the first.
/// </summary>
internal sealed class DemoProject(
    IProjectStore projects, IKeyStore keys, IngestPipeline pipeline, ServerAddress address, TextWriter console, TimeProvider time)
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
        var (sent, accepted) = await SendAsync(new ProjectKey(Guid.Empty, KeyKind.Live, project), cancellationToken);

        var text = new StringBuilder().AppendLine();
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        text.AppendLine(
            CultureInfo.InvariantCulture, $"Demo: {sent} events of the last 30 days, {accepted} of them new, in {seconds:0.0} s.");
        text.AppendLine(CultureInfo.InvariantCulture, $"Keys of the project \"{Name}\":");
        text.AppendLine(CultureInfo.InvariantCulture, $"  live  {live}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  read  {read}");
        var url = await address.UrlAsync(cancellationToken);
        text.AppendLine("Query it:");
        text.AppendLine(CultureInfo.InvariantCulture, $"  curl -s '{url}/v1/stats/top?by=command' -H 'Authorization: Bearer {read}'");
        text.AppendLine(
            CultureInfo.InvariantCulture, $"  curl -s '{url}/v1/stats/top?by=meta.flags&days=7' -H 'Authorization: Bearer {read}'");
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
        await Parallel.ForEachAsync(Sessions(time.GetUtcNow()), options, async (session, token) =>
        {
            var result = await SendAsync(key, session, token);
            Interlocked.Add(ref sent, result.Received);
            Interlocked.Add(ref accepted, result.Accepted);
        });
        return (sent, accepted);
    }

    private async Task<IngestResult> SendAsync(ProjectKey key, DemoSession session, CancellationToken cancellationToken)
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

    private static IEnumerable<DemoSession> Sessions(DateTimeOffset now)
    {
        // Whole hours only, so an hour is the same whenever it is sent. The oldest hour is still within the accepted age of events.
        var end = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
        var begin = end - Limits.OldestEvent + TimeSpan.FromHours(1);
        var installs = new Dictionary<DateOnly, IReadOnlyList<DemoInstall>>();
        var hours = new DemoHour(
            DateOnly.FromDateTime(begin.UtcDateTime),
            day => installs.TryGetValue(day, out var known) ? known : installs[day] = DemoInstall.On(day));
        for (var hour = begin; hour < end; hour = hour.AddHours(1))
        {
            foreach (var session in hours.Sessions(hour))
                yield return session;
        }
    }
}
