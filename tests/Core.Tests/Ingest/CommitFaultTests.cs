using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Ingest;

/// <summary>Faults of a view, a meter, a log or the close of a connection don't affect a commit.</summary>
public sealed class CommitFaultTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly MemoryCommitStore _store = new();
    private readonly LogLines _log = new();

    [Fact]
    public async Task Pooled_columns_that_contain_events_of_another_project_are_not_committed_again()
    {
        var (ours, theirs) = (Key(), Key());
        using var held = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        _store.BeforeStep = (step, _) =>
        {
            if (step != "begin" || begun.IsSet)
                return;
            begun.Set();
            Assert.True(held.Wait(Patience));
        };
        Task<IngestResult>[] first = [];
        var sent = new TaskCompletionSource<Task<IngestResult>[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        IngestPipeline? pipeline = null;
        var views = new Listener(deltas =>
        {
            if (deltas.Sum(delta => Rollup.Read(delta.Data.Span).Events) != 4)
                return;
            // The requests of this group complete and return their columns; the next requests reuse them.
            Assert.True(Task.WaitAll(first, Patience));
            sent.SetResult([SendAsync(pipeline!, theirs, 5), SendAsync(pipeline!, theirs, 5), SendAsync(pipeline!, theirs, 5)]);
            throw new InvalidOperationException("The view is broken.");
        });
        pipeline = NewPipeline(views, new TelemetryKitMetrics());

        var ahead = SendAsync(pipeline, ours, 1);
        Assert.True(begun.Wait(Patience, TestContext.Current.CancellationToken));
        first = [SendAsync(pipeline, ours, 2), SendAsync(pipeline, ours, 2)];
        held.Set();
        await Task.WhenAll([ahead, .. first]).WaitAsync(Patience, TestContext.Current.CancellationToken);
        var foreign = await sent.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await pipeline.DrainAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.All(await Task.WhenAll(foreign), result => Assert.Equal((5, 0), (result.Accepted, result.Duplicates)));
        Assert.Equal((5, 15), (CountedFor(ours), CountedFor(theirs)));
        Assert.Equal(20, _store.EventIds.Distinct().Count());
    }

    [Theory]
    [InlineData(true, IngestStatus.StorageUnavailable)]
    [InlineData(false, IngestStatus.Malformed)]
    public async Task Columns_of_a_commit_that_failed_are_not_used_again(bool unavailable, IngestStatus expected)
    {
        List<EventBatch> left = [];
        _store.BeforeStep = (step, events) =>
        {
            if (step != "write" || left.Count > 0)
                return;
            left.AddRange(events.SelectMany(project => project.Batches));
            throw unavailable ? new StorageUnavailableException("away") : new InvalidOperationException("can't be stored");
        };
        var pipeline = NewPipeline(new Listener(_ => { }), new TelemetryKitMetrics());

        Assert.Equal(expected, (await SendAsync(pipeline, Key(), 2)).Status);
        var held = Assert.Single(left);
        Guid[] ids = [.. held.EventId.Take(held.Count)];
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SendAsync(pipeline, Key(), 5)));

        Assert.Equal(2, held.Count);
        Assert.Equal(ids, held.EventId.Take(2));
    }

    [Fact]
    public async Task A_view_that_fails_changes_no_verdict_and_is_logged()
    {
        var loop = NewLoop(committed: _ => throw new InvalidOperationException("The view is broken."));

        await CommitsOnceAndContinuesAsync(loop);

        Assert.All(_log.Levels, level => Assert.Equal(LogLevel.Error, level));
        Assert.Equal(2, _log.Levels.Count);
    }

    [Fact]
    public async Task A_meter_listener_that_fails_changes_no_verdict_and_is_logged_and_the_view_gets_the_deltas()
    {
        var (seen, metrics) = (0, new TelemetryKitMetrics());
        using var listener = Failing(() => metrics = new TelemetryKitMetrics(_log));
        var loop = NewLoop(metrics, _ => seen++);

        await CommitsOnceAndContinuesAsync(loop);

        Assert.Equal(2, seen);
        Assert.Equal(LogLevel.Error, Assert.Single(_log.Levels));
    }

    [Fact]
    public async Task A_log_that_fails_changes_no_verdict()
    {
        _log.Fails = true;

        await CommitsOnceAndContinuesAsync(NewLoop(committed: _ => throw new InvalidOperationException("The view is broken.")));
    }

    [Fact]
    public async Task A_connection_that_fails_to_close_after_the_commit_changes_no_verdict_and_is_logged()
    {
        _store.BeforeStep = (step, _) =>
        {
            if (step == "dispose")
                throw new InvalidOperationException("The connection can't be closed.");
        };

        await CommitsOnceAndContinuesAsync(NewLoop());

        Assert.Equal([LogLevel.Error, LogLevel.Error], _log.Levels);
    }

    [Fact]
    public async Task A_connection_that_fails_to_close_does_not_hide_that_the_store_is_unavailable()
    {
        _store.BeforeStep = (step, _) =>
        {
            if (step == "write")
                throw new StorageUnavailableException("The store is unavailable.");
            if (step == "dispose")
                throw new InvalidOperationException("The connection can't be closed.");
        };
        var loop = NewLoop();
        PendingBatch[] group = [Batch(), Batch()];
        Assert.All(group, batch => Assert.True(loop.TryEnqueue(batch)));
        loop.StopAccepting();
        await loop.StartAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.All(await VerdictsAsync(group), verdict => Assert.Equal(IngestStatus.StorageUnavailable, verdict.Status));
    }

    [Theory]
    [InlineData(true, IngestStatus.StorageUnavailable)]
    [InlineData(false, IngestStatus.Malformed)]
    public async Task A_meter_and_a_log_that_fail_during_a_fault_do_not_keep_a_batch_waiting(bool unavailable, IngestStatus expected)
    {
        var metrics = new TelemetryKitMetrics();
        using var listener = Failing(() => metrics = new TelemetryKitMetrics());
        _log.Fails = true;
        var fails = true;
        _store.BeforeStep = (_, _) =>
        {
            if (fails)
                throw unavailable ? new StorageUnavailableException("The store is unavailable.") : new InvalidOperationException(
                    "The batch can't be stored.");
        };
        var loop = NewLoop(metrics);
        PendingBatch[] group = [Batch(), Batch()];
        Assert.All(group, batch => Assert.True(loop.TryEnqueue(batch)));
        var running = loop.StartAsync();

        Assert.All(await VerdictsAsync(group), verdict => Assert.Equal(expected, verdict.Status));

        fails = false;
        var next = Batch();
        Assert.True(loop.TryEnqueue(next));
        Assert.Equal(new(IngestStatus.Done, 3), (await VerdictsAsync(next))[0]);
        loop.StopAccepting();
        await running.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_clock_that_fails_makes_one_group_fail_and_does_not_end_the_thread()
    {
        var clock = new FailingClock();
        var loop = new CommitLoop(_store, new TelemetryKitMetrics(), clock, _log, _ => { });
        var first = Batch();
        Assert.True(loop.TryEnqueue(first));
        clock.Fails = true;
        var running = loop.StartAsync();
        Assert.Equal(IngestStatus.StorageUnavailable, (await VerdictsAsync(first))[0].Status);

        clock.Fails = false;
        Assert.True(loop.TryEnqueue(first = Batch()));
        Assert.Equal(new(IngestStatus.Done, 3), (await VerdictsAsync(first))[0]);
        loop.StopAccepting();
        await running.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(LogLevel.Critical, Assert.Single(_log.Levels));
    }

    [Fact]
    public async Task A_meter_listener_that_fails_after_a_commit_does_not_fail_the_request()
    {
        var metrics = new TelemetryKitMetrics();
        using var listener = Failing(() => metrics = new TelemetryKitMetrics());
        var pipeline = NewPipeline(new Listener(_ => { }), metrics);

        var result = await SendAsync(pipeline, Key(), 2).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal((IngestStatus.Done, 2), (result.Status, result.Accepted));
    }

    /// <summary>Commits a group of two batches and then one batch: each is committed once and has the verdict of its commit.</summary>
    private async Task CommitsOnceAndContinuesAsync(CommitLoop loop)
    {
        PendingBatch[] group = [Batch(), Batch()];
        Assert.All(group, batch => Assert.True(loop.TryEnqueue(batch)));
        var running = loop.StartAsync();
        Assert.All(await VerdictsAsync(group), verdict => Assert.Equal(new(IngestStatus.Done, 3), verdict));

        var next = Batch();
        Assert.True(loop.TryEnqueue(next));
        Assert.Equal(new(IngestStatus.Done, 3), (await VerdictsAsync(next))[0]);
        loop.StopAccepting();
        await running.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal([2, 1], _store.GroupSizes);
        Assert.Equal(9, _store.Counted);
    }

    private static PendingBatch Batch() => Batches.Batch(Batches.Project(), 3, Guid.CreateVersion7());

    private static Task<CommitVerdict[]> VerdictsAsync(params PendingBatch[] batches) =>
        Task.WhenAll(batches.Select(batch => batch.Verdict)).WaitAsync(Patience, TestContext.Current.CancellationToken);

    private CommitLoop NewLoop(TelemetryKitMetrics? metrics = null, Action<IReadOnlyList<RollupDelta>>? committed = null) =>
        new(_store, metrics ?? new TelemetryKitMetrics(), TimeProvider.System, _log, committed ?? (_ => { }));

    private IngestPipeline NewPipeline(IProjectViews views, TelemetryKitMetrics metrics) =>
        new(_store, views, metrics, TimeProvider.System, NullLogger<IngestPipeline>.Instance);

    private long CountedFor(ProjectKey key) =>
        _store.Deltas.Where(delta => delta.ProjectId == key.Project.Ref.ProjectId).Sum(delta => Rollup.Read(delta.Data.Span).Events);

    private static ProjectKey Key() => new(Guid.CreateVersion7(), KeyKind.Live, Batches.Project());

    // Without ids, so that only the count of the store shows whether they were committed twice.
    private static Task<IngestResult> SendAsync(IngestPipeline pipeline, ProjectKey key, int events)
    {
        var json = "{\"events\":[" + string.Join(',', Enumerable.Repeat("""{"event_type":"command_executed"}""", events)) + "]}";
        return pipeline.IngestAsync(key, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json))).AsTask();
    }

    /// <summary>Listens only to the instruments that <paramref name="make"/> creates, and throws at each measurement.</summary>
    private static MeterListener Failing(Action make)
    {
        var (thread, making) = (Environment.CurrentManagedThreadId, false);
        bool IsOurs(Instrument instrument) =>
            Volatile.Read(ref making) && Environment.CurrentManagedThreadId == thread && instrument.Meter.Name == TelemetryKitMetrics.Name;
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (IsOurs(instrument))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("The meter listener is broken."));
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("The meter listener is broken."));
        listener.Start();
        Volatile.Write(ref making, true);
        make();
        Volatile.Write(ref making, false);
        return listener;
    }

    private sealed class Listener(Action<IReadOnlyList<RollupDelta>> merge) : IProjectViews
    {
        public Task<TAnswer> AskAsync<TAnswer>(
            Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void MergeCommitted(IReadOnlyList<RollupDelta> deltas) => merge(deltas);
    }

    private sealed class FailingClock : TimeProvider
    {
        public volatile bool Fails;

        public override long GetTimestamp() => Fails ? throw new InvalidOperationException("The clock is broken.") : base.GetTimestamp();
    }

    private sealed class LogLines : ILogger<TelemetryKitMetrics>
    {
        private readonly List<LogLevel> _levels = [];

        public bool Fails { get; set; }

        public IReadOnlyList<LogLevel> Levels
        {
            get
            {
                lock (_levels)
                    return [.. _levels];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Fails)
                throw new AggregateException("The log is broken.");
            lock (_levels)
                _levels.Add(logLevel);
        }
    }
}
