using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.Cluster.Tests;

/// <summary>
/// Clients that ask for statistics in a closed loop. Each answer contains at least the events that were acknowledged two seconds before,
/// and at most those that were sent. It may contain fewer than an earlier one, from another view: each view lacks at most the last second
/// of other processes.
/// </summary>
internal sealed class Readers : IDisposable
{
    // Batches that may be committed and not yet acknowledged.
    private const long MostUnderWay = Senders.Workers * Senders.LargestBatch;

    private readonly Func<long> _acknowledged;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(TimeSpan At, long Events)> _sent = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<Task> _all = [];
    private readonly bool _onlyReady;
    private long _count;
    private long _slowest;

    private Readers(Func<long> acknowledged, ServerProcess[] servers, bool onlyReady)
    {
        (_acknowledged, _onlyReady) = (acknowledged, onlyReady);
        _all.Add(Task.Run(WatchAsync));
        foreach (var server in servers)
            _all.Add(Task.Run(() => ReadAsync(server)));
    }

    /// <summary>The number of answers.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The time of the slowest answer.</summary>
    public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref _slowest));

    /// <summary>Starts a client for each server.</summary>
    /// <param name="acknowledged">Returns the number of events that were acknowledged.</param>
    /// <param name="servers">The servers.</param>
    /// <param name="onlyReady">Whether a server is asked only while it is ready, as by a load balancer.</param>
    public static Readers Start(Func<long> acknowledged, ServerProcess[] servers, bool onlyReady = false) =>
        new(acknowledged, servers, onlyReady);

    /// <summary>Waits until there were so many answers.</summary>
    public Task UntilAsync(long count) => TestCluster.UntilAsync(
        () => Task.FromResult(Count >= count || _all.Any(task => task.IsFaulted)), $"{count} answers");

    /// <summary>Stops, and throws if an answer was wrong.</summary>
    public async Task FinishAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_all);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            lock (_sent)
                _sent.Add((_clock.Elapsed, _acknowledged()));
            await Task.Delay(20);
        }
    }

    private async Task ReadAsync(ServerProcess server)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_onlyReady && !await IsReadyAsync(server))
            {
                await Task.Delay(50);
                continue;
            }

            var (at, events) = (_clock.Elapsed, await EventsAsync(server));
            if (events is not { } seen)
                continue;
            var took = _clock.Elapsed - at;
            Interlocked.Increment(ref _count);
            InterlockedMax(took.Ticks);
            long least;
            lock (_sent)
                least = _sent.LastOrDefault(one => one.At <= at - ServerExtensions.Visible).Events;
            Assert.True(seen >= least, $"An answer has {seen} events, but {least} were acknowledged two seconds before the question.");
            var most = _acknowledged() + MostUnderWay;
            Assert.True(seen <= most, $"An answer has {seen} events, but at most {most} were sent.");
        }
    }

    private void InterlockedMax(long ticks)
    {
        while (Interlocked.Read(ref _slowest) is var slowest && ticks > slowest
            && Interlocked.CompareExchange(ref _slowest, ticks, slowest) != slowest)
        {
        }
    }

    private async Task<bool> IsReadyAsync(ServerProcess server)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(server.Address, "/health/ready"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<long?> EventsAsync(ServerProcess server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/v1/stats/overview?days=3"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Keys.Read);
        try
        {
            using var response = await _http.SendAsync(request);
            if (_onlyReady && response.StatusCode == HttpStatusCode.ServiceUnavailable)
                return null;
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
            return JsonDocument.Parse(text).RootElement.GetProperty("events").GetInt64();
        }
        catch (HttpRequestException) when (_onlyReady)
        {
            // It stopped between the check and the question.
            return null;
        }
    }
}
