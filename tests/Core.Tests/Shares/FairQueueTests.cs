using TelemetryKit.Core.Shares;

namespace TelemetryKit.Core.Tests.Shares;

public sealed class FairQueueTests
{
    private readonly FairQueue<string> _queue = new(slots: 1);
    private readonly List<string> _order = [];

    [Fact]
    public async Task Parties_take_turns_whoever_has_more_jobs()
    {
        await _queue.EnterAsync("a", default);
        string[] arriving = ["a1", "a2", "a3", "a4", "a5", "b1", "b2"];
        var jobs = Array.ConvertAll(arriving, job => RunAsync(job[..1], job));
        _queue.Leave();
        await Task.WhenAll(jobs);
        Assert.Equal(["a1", "b1", "a2", "b2", "a3", "a4", "a5"], _order);
    }

    [Fact]
    public async Task A_cancelled_job_takes_no_slot()
    {
        await _queue.EnterAsync("a", default);
        using var cancellation = new CancellationTokenSource();
        var cancelled = _queue.EnterAsync("b", cancellation.Token);
        var next = RunAsync("c", "c");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _queue.Leave();
        await next;
        await _queue.EnterAsync("a", default).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Lanes_take_turns_however_many_parties_wait_in_them()
    {
        var queue = new FairQueue<string>(slots: 1, lanes: 2);
        await queue.EnterAsync("a", default);
        (string Job, int Lane)[] arriving = [("a1", 0), ("b1", 0), ("c1", 0), ("d1", 0), ("y1", 1), ("z1", 1)];
        var jobs = Array.ConvertAll(arriving, job => RunAsync(job.Job[..1], job.Job, queue, job.Lane));
        queue.Leave();
        await Task.WhenAll(jobs);
        Assert.Equal(["a1", "y1", "b1", "z1", "c1", "d1"], _order);
    }

    private async Task RunAsync(string party, string job, FairQueue<string>? queue = null, int lane = 0)
    {
        queue ??= _queue;
        await queue.EnterAsync(party, default, lane);
        _order.Add(job);
        queue.Leave();
    }
}
