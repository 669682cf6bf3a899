using System.Collections.Concurrent;
using System.Diagnostics;

namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>
/// Tools that send as fast as they are answered, each one batch at a time. A batch that isn't answered with a 200 is sent again with the same
/// ids, to the next server where there are several, until it is.
/// </summary>
internal sealed class Senders : IDisposable
{
    private const int Workers = 8;
    private const int LargestBatch = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly IReadOnlyList<Uri> _servers;
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly CancellationTokenSource _enough = new();
    private readonly List<Task> _running;
    private volatile bool _giveUp;
    private long _acknowledged;
    private long _resent;

    private Senders(IReadOnlyList<Uri> servers, Random random)
    {
        _servers = servers;
        _running = [.. Enumerable.Range(0, Workers).Select(i => (Index: i, Random: new Random(random.Next()))).Select(w => Task.Run(() => RunAsync(w.Index, w.Random)))];
    }

    /// <summary>Events of batches that were answered with a 200.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>How often a batch was sent again.</summary>
    public long Resent => Interlocked.Read(ref _resent);

    /// <summary>How often each status came.</summary>
    public ConcurrentDictionary<int, int> Statuses { get; } = new();

    public static Senders Start(Random random, params Uri[] servers) => new(servers, random);

    /// <summary>Returns when so many events were answered with a 200.</summary>
    public async Task UntilAsync(long events)
    {
        for (var since = Stopwatch.StartNew(); Acknowledged < events; await Task.Delay(20))
            Assert.True(since.Elapsed < Patience, $"Only {Acknowledged} events in {Patience}.");
    }

    /// <summary>Makes no new batches, and returns when all are answered.</summary>
    public async Task FinishAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_running).WaitAsync(Patience);
    }

    /// <summary>Makes no new batches and sends none again: what isn't answered now stays unanswered.</summary>
    public async Task GiveUpAsync()
    {
        _giveUp = true;
        await FinishAsync();
    }

    public void Dispose()
    {
        _enough.Dispose();
        _http.Dispose();
    }

    private async Task RunAsync(int worker, Random random)
    {
        var server = worker % _servers.Count;
        while (!_enough.IsCancellationRequested)
        {
            var batch = Batch.Make(random, random.Next(1, LargestBatch), withBatchId: random.Next(5) > 0);
            while (!await TrySendAsync(batch, _servers[server]))
            {
                if (_giveUp)
                    return;
                server = (server + 1) % _servers.Count;
                Interlocked.Increment(ref _resent);
                await Task.Delay(random.Next(10, 50));
            }
        }
    }

    private async Task<bool> TrySendAsync(Batch batch, Uri server)
    {
        try
        {
            var answer = await batch.SendAsync(_http, server);
            Statuses.AddOrUpdate(answer.Status, 1, (_, n) => n + 1);
            if (answer.Status != 200)
            {
                Assert.True(answer.Status == 503, $"A valid batch got {answer.Status}: {answer.Text}");
                return false;
            }

            Assert.Equal(batch.Count, answer.Accepted + answer.Duplicates);
            Interlocked.Add(ref _acknowledged, batch.Count);
            return true;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or TaskCanceledException)
        {
            return false;
        }
    }
}
