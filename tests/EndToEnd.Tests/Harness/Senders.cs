using System.Collections.Concurrent;
using System.Diagnostics;

namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>
/// Clients that send batches in a closed loop. A batch without a 200 response is sent again with the same ids, to the next server if there
/// are several.
/// </summary>
internal sealed class Senders : IDisposable
{
    /// <summary>Clients, each with one batch at a time.</summary>
    public const int Workers = 8;

    /// <summary>More events than a batch has.</summary>
    public const int LargestBatch = 40;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    private readonly IReadOnlyList<Uri> _servers;
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _workers = [];
    private volatile bool _abandon;
    private long _acknowledged;
    private long _resent;

    private Senders(IReadOnlyList<Uri> servers, Random random)
    {
        _servers = servers;
        for (var i = 0; i < Workers; i++)
        {
            var (index, randomOfWorker) = (i, new Random(random.Next()));
            _workers.Add(Task.Run(() => RunAsync(index, randomOfWorker)));
        }
    }

    /// <summary>The number of events in batches with a 200 response.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>The number of times that a batch was sent again.</summary>
    public long Resent => Interlocked.Read(ref _resent);

    /// <summary>The number of responses by status.</summary>
    public ConcurrentDictionary<int, int> Statuses { get; } = new();

    public static Senders Start(Random random, params Uri[] servers) => new(servers, random);

    /// <summary>Waits until <see cref="Acknowledged"/> reaches a number of events.</summary>
    public async Task UntilAsync(long events)
    {
        for (var since = Stopwatch.StartNew(); Acknowledged < events; await Task.Delay(20))
            Assert.True(since.Elapsed < Timeout, $"Only {Acknowledged} events in {Timeout}.");
    }

    /// <summary>Stops creating batches, and waits until all have a 200 response.</summary>
    public async Task FinishAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers).WaitAsync(Timeout);
    }

    /// <summary>Stops creating batches, and sends none again.</summary>
    public async Task AbandonAsync()
    {
        _abandon = true;
        await FinishAsync();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task RunAsync(int worker, Random random)
    {
        var server = worker % _servers.Count;
        while (!_stop.IsCancellationRequested)
        {
            var batch = Batch.Create(random, random.Next(1, LargestBatch), withBatchId: random.Next(5) > 0);
            while (!await TrySendAsync(batch, _servers[server]))
            {
                if (_abandon)
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
            var response = await batch.SendAsync(_http, server);
            Statuses.AddOrUpdate(response.Status, 1, (_, n) => n + 1);
            if (response.Status != 200)
            {
                Assert.True(response.Status == 503, $"A valid batch got {response.Status}: {response.Text}");
                return false;
            }

            Assert.Equal(batch.Count, response.Accepted + response.Duplicates);
            Interlocked.Add(ref _acknowledged, batch.Count);
            return true;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or TaskCanceledException)
        {
            return false;
        }
    }
}
