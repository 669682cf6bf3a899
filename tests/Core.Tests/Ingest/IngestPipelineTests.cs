using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Ingest;

public sealed class IngestPipelineTests
{
    private const string Batch =
        """
        {"batch_id":"b1",
         "events":[{"event_type":"command_executed","metadata":{"command":"build"}},{"event_type":"?"},{"event_type":"log"}]}
        """;

    private readonly MemoryCommitStore _store = new();
    private readonly ProjectKey _key = new(Guid.CreateVersion7(), KeyKind.Live, Batches.Project(quota: 3));
    private readonly RecordingViews _views = new();
    private readonly FakeTimeProvider _time = new(new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero));

    [Fact]
    public async Task Each_event_of_a_batch_is_accounted_for_and_the_views_get_the_deltas()
    {
        var pipeline = NewPipeline();

        var first = await SendAsync(pipeline, Batch);
        var second = await SendAsync(pipeline, Batch);

        Assert.Equal(
            (IngestStatus.Done, 3, 2, 0, 1), (first.Status, first.Received, first.Accepted, first.Duplicates, first.Rejected.Count));
        Assert.Equal((3, 0, 2, 1), (second.Received, second.Accepted, second.Duplicates, second.Rejected.Count));
        Assert.Equal(1, Assert.Single(first.Rejected).Index);
        Assert.Equal(2, _views.Merged.Sum(d => Rollup.Read(d.Data.Span).Events));
    }

    [Fact]
    public async Task A_body_of_several_segments_is_the_same_batch()
    {
        var bytes = Encoding.UTF8.GetBytes(Batch);
        var first = new Piece(bytes.AsMemory(0, 40));
        var last = first.Append(bytes.AsMemory(40));

        var result = await NewPipeline().IngestAsync(_key, new(first, 0, last, last.Memory.Length));

        Assert.Equal(2, result.Accepted);
    }

    [Fact]
    public async Task A_body_may_be_reused_while_its_batch_waits_for_the_store()
    {
        using var goOn = new ManualResetEventSlim();
        _store.BeforeStep = (_, _) => goOn.Wait();
        var bytes = Encoding.UTF8.GetBytes(Batch);

        var storing = NewPipeline().IngestAsync(_key, new(bytes)).AsTask();
        Assert.False(storing.IsCompleted);
        bytes.AsSpan().Fill((byte)'?');
        goOn.Set();

        Assert.Equal(2, (await storing).Accepted);
        Assert.Equal(2, _store.Counted);
    }

    [Fact]
    public async Task An_invalid_body_is_malformed_with_a_code()
    {
        var result = await SendAsync(NewPipeline(), "{\"events\":");

        Assert.Equal((IngestStatus.Malformed, "invalid_json"), (result.Status, result.Code));
    }

    [Fact]
    public async Task A_spent_quota_is_rejected_and_a_raised_quota_applies_at_once()
    {
        var pipeline = NewPipeline();
        Assert.Equal(2, (await SendAsync(pipeline, Batch)).Accepted);

        var partly = await SendAsync(pipeline, Batch.Replace("b1", "b2", StringComparison.Ordinal));
        var none = await SendAsync(pipeline, Batch.Replace("b1", "b3", StringComparison.Ordinal));
        var known = await SendAsync(pipeline, Batch.Replace("b1", "b3", StringComparison.Ordinal));
        var raised = await pipeline.IngestAsync(
            _key with { Project = _key.Project with { MonthlyQuota = 10 } }, Body(Batch.Replace("b1", "b3", StringComparison.Ordinal)));

        Assert.Equal((1, 2), (partly.Accepted, partly.Rejected.Count));
        Assert.Equal((IngestStatus.QuotaExceeded, IngestStatus.QuotaExceeded), (none.Status, known.Status));
        Assert.InRange(none.RetryAfter!.Value, TimeSpan.Zero, TimeSpan.FromHours(1));
        Assert.Equal(2, raised.Accepted);
    }

    [Fact]
    public async Task Events_above_the_quota_are_accepted_until_the_overage_is_spent_and_a_larger_one_applies_at_once()
    {
        var pipeline = NewPipeline();
        var billed = _key with { Project = _key.Project with { MonthlyQuota = 1, OverageEvents = 2 } };

        var first = await IngestAsync(billed, "b1");
        Assert.Null(pipeline.Admit(billed, Source, 0, out _));
        var partly = await IngestAsync(billed, "b2");
        var none = await IngestAsync(billed, "b3");

        Assert.Equal((2, 1), (first.Accepted, partly.Accepted));
        Assert.Equal(IngestStatus.QuotaExceeded, none.Status);
        Assert.Equal(IngestStatus.QuotaExceeded, pipeline.Admit(billed, Source, 0, out _)?.Status);
        Assert.Equal(2, _store.Overage.Values.Sum());
        var raised = billed with { Project = billed.Project with { OverageEvents = 9 } };
        Assert.Null(pipeline.Admit(raised, Source, 0, out _));
        Assert.Equal(2, (await IngestAsync(raised, "b3")).Accepted);

        async Task<IngestResult> IngestAsync(ProjectKey key, string id) =>
            await pipeline.IngestAsync(key, Body(Batch.Replace("b1", id, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_first_batch_of_a_month_is_accepted_although_the_quota_was_spent_a_moment_before()
    {
        var time = new FakeTimeProvider(new(2026, 11, 30, 23, 59, 59, 500, TimeSpan.Zero));
        var pipeline = NewPipeline(time);
        Assert.Equal(2, (await SendAsync(pipeline, Batch)).Accepted);
        await SendAsync(pipeline, Batch.Replace("b1", "b2", StringComparison.Ordinal));
        var spent = await SendAsync(pipeline, Batch.Replace("b1", "b3", StringComparison.Ordinal));
        Assert.Equal(IngestStatus.QuotaExceeded, spent.Status);

        time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal(2, (await SendAsync(pipeline, Batch.Replace("b1", "b3", StringComparison.Ordinal))).Accepted);
    }

    [Fact]
    public async Task Clients_return_within_the_hour_after_a_spent_quota_and_not_all_at_once()
    {
        var pipeline = NewPipeline();
        for (var batch = 1; batch <= 2; batch++)
            await SendAsync(pipeline, Batch.Replace("b1", $"b{batch}", StringComparison.Ordinal));
        var waits = new HashSet<TimeSpan>();
        for (var i = 0; i < 50; i++)
        {
            var refused = await SendAsync(pipeline, Batch.Replace("b1", "b3", StringComparison.Ordinal));
            Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromSeconds(2_880), TimeSpan.FromSeconds(3_600));
            waits.Add(refused.RetryAfter.Value);
        }

        Assert.True(waits.Count > 10, $"Of 50 delays, only {waits.Count} differ.");
    }

    [Fact]
    public async Task A_spent_quota_of_one_environment_does_not_affect_the_other_and_is_named()
    {
        var pipeline = NewPipeline();
        var test = _key with { Kind = KeyKind.Test, Project = _key.Project with { MonthlyTestQuota = 2 } };
        Assert.Equal(2, (await pipeline.IngestAsync(test, Body(Batch))).Accepted);

        // The second batch is rejected by the hint.
        for (var i = 0; i < 2; i++)
        {
            var refused = await pipeline.IngestAsync(test, Body(Batch.Replace("b1", "b2", StringComparison.Ordinal)));
            Assert.Equal(IngestStatus.QuotaExceeded, refused.Status);
            Assert.Contains("test events", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await SendAsync(pipeline, Batch.Replace("b1", "b3", StringComparison.Ordinal))).Accepted);
        var last = await SendAsync(pipeline, Batch.Replace("b1", "b4", StringComparison.Ordinal));
        var rejected = Assert.Single(last.Rejected, r => r.Reason == Core.Events.DropReason.QuotaExceeded);
        Assert.Contains("live events", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draining_completes_accepted_batches_and_rejects_others()
    {
        var pipeline = NewPipeline();
        var accepted = Enumerable.Range(0, 20).Select(i => SendAsync(pipeline, "{\"events\":[{\"event_type\":\"log\"}]}", KeyKind.Test))
            .ToArray();

        await pipeline.DrainAsync();

        Assert.All(await Task.WhenAll(accepted), r => Assert.Equal((IngestStatus.Done, 1), (r.Status, r.Accepted)));
        Assert.Equal(IngestStatus.Overloaded, (await SendAsync(pipeline, Batch)).Status);
    }

    [Fact]
    public void The_budget_rejects_what_does_not_fit_but_never_a_single_batch()
    {
        using var metrics = new TelemetryKitMetrics();
        var budget = new WaitingBudget(metrics, limit: 100);

        Assert.True(budget.TryTake(One, 500));
        Assert.False(budget.TryTake(Another, 1));
        budget.Return(One, 500);
        Assert.True(budget.TryTake(One, 60));
        Assert.False(budget.TryTake(Another, 60));
        Assert.Equal(60, budget.Used);
    }

    [Fact]
    public async Task Rates_are_given_back_for_duplicates_and_the_quota_and_during_an_outage()
    {
        var (pipeline, time) = (NewPipeline(_time), _time);
        var batch = Many(400, "first");
        Assert.Equal(400, (await SendRatedAsync(pipeline, batch)).Accepted);
        // Copies need room for a moment, and return it.
        time.Advance(TimeSpan.FromHours(23));
        for (var i = 0; i < 50; i++)
            Assert.Equal((0, 400), await DuplicatesAsync());
        _store.BeforeStep = (_, _) => throw new StorageUnavailableException("unavailable");
        for (var i = 0; i < 5_000; i++)
            Assert.Equal(IngestStatus.StorageUnavailable, (await SendRatedAsync(pipeline, Many(10, $"outage {i}"))).Status);
        _store.BeforeStep = null;
        Assert.Equal(400, (await SendRatedAsync(pipeline, Many(400, "second"))).Accepted);
        Assert.Equal(IngestStatus.RateLimited, (await SendRatedAsync(pipeline, Many(400, "third"))).Status);

        async Task<(int, int)> DuplicatesAsync()
        {
            var result = await SendRatedAsync(pipeline, batch);
            return (result.Accepted, result.Duplicates);
        }
    }

    [Fact]
    public async Task A_spent_quota_uses_no_rate_and_refuses_before_the_body_is_read()
    {
        var pipeline = NewPipeline(_time);
        var spent = Rated with { Project = Rated.Project with { MonthlyQuota = 1 } };
        Assert.Equal(1, (await SendRatedAsync(pipeline, Many(1, "a"), spent)).Accepted);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(IngestStatus.QuotaExceeded, (await SendRatedAsync(pipeline, Many(450, "b"), spent)).Status);
            Assert.Equal(IngestStatus.QuotaExceeded, pipeline.Admit(spent, Source, 0, out _)?.Status);
            _time.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Equal(450, (await SendRatedAsync(pipeline, Many(450, "b"))).Accepted);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("invalid events")]
    public async Task Requests_that_store_nothing_are_charged(string body)
    {
        var pipeline = NewPipeline(_time);
        if (body == "invalid events")
            body = $$"""{"events":[{{string.Join(',', Enumerable.Repeat("{\"event_type\":\"?\"}", 1_000))}}]}""";
        var requests = 0;
        while (pipeline.Admit(Rated, Source, 0, out var admission) is null)
        {
            await pipeline.IngestAsync(Rated, Body(body), admission);
            requests++;
        }

        // A tenth of an event each, and one for 32 KiB; and another tenth of the day for batches that may have been stored before.
        var expected = 550 / (0.1 + (body.Length / 32_768.0));
        Assert.InRange(requests, expected - 20, expected + 2);
    }

    [Fact]
    public async Task A_source_that_has_spent_its_day_is_refused_before_its_body_is_read()
    {
        var pipeline = NewPipeline(_time);
        Assert.Equal(500, (await SendRatedAsync(pipeline, Many(500, "a"))).Accepted);
        IngestResult? refused;
        var read = 0;
        while ((refused = pipeline.Admit(Rated, Source, bytes: 10 * 1024, out _)) is null)
            read++;
        Assert.InRange(read, 100, 130); // a tenth of the day: 1.6 MB
        Assert.Equal((IngestStatus.RateLimited, TimeSpan.FromHours(13.5)), (refused.Status, refused.RetryAfter));
        Assert.Null(pipeline.Admit(Rated, new(2, 3, 4), 0, out _));
    }

    [Fact]
    public async Task A_batch_that_was_stored_is_a_duplicate_although_the_rate_is_spent()
    {
        var pipeline = NewPipeline(_time);
        const string WithoutId = """{"events":[{"event_id":"e1","event_type":"x"},{"event_id":"e2","event_type":"x"}]}""";
        Assert.Equal(400, (await SendRatedAsync(pipeline, Many(400, "a"))).Accepted);
        Assert.Equal(2, (await SendRatedAsync(pipeline, WithoutId)).Accepted);

        // Events are left, but not enough.
        Assert.Equal(IngestStatus.RateLimited, (await SendRatedAsync(pipeline, Many(400, "b"))).Status);
        await RepeatAsync();

        // None is left.
        Assert.Equal(98, (await SendRatedAsync(pipeline, Many(98, "c"))).Accepted);
        await RepeatAsync();
        Assert.Equal(IngestStatus.RateLimited, (await SendRatedAsync(pipeline, Many(1, "d"))).Status);
        Assert.Equal(IngestStatus.RateLimited, (await SendRatedAsync(pipeline, "{\"events\":[{\"event_type\":\"x\"}]}")).Status);
        Assert.Equal(500, _store.Counted);

        // During an outage, nothing is known of it.
        _store.BeforeStep = (_, _) => throw new StorageUnavailableException("unavailable");
        Assert.Equal(IngestStatus.RateLimited, (await SendRatedAsync(pipeline, Many(400, "a"))).Status);
        _store.BeforeStep = null;

        // The look-ups are bounded, and a batch that isn't looked up is refused.
        var before = _store.KeyLookUps;
        for (var i = 0; i < 2_000; i++)
            Assert.Equal(IngestStatus.RateLimited, (await SendRatedAsync(pipeline, Many(1, $"f{i}"))).Status);
        Assert.InRange(_store.KeyLookUps - before, 300, 550);

        async Task RepeatAsync()
        {
            var (first, second) = (await SendRatedAsync(pipeline, Many(400, "a")), await SendRatedAsync(pipeline, WithoutId));
            Assert.Equal((IngestStatus.Done, 400, 0, 400), (first.Status, first.Received, first.Accepted, first.Duplicates));
            Assert.Equal((IngestStatus.Done, 2, 0, 2), (second.Status, second.Received, second.Accepted, second.Duplicates));
        }
    }

    [Fact]
    public void Of_requests_that_were_admitted_at_once_only_those_that_fit_are_decompressed()
    {
        var pipeline = NewPipeline(_time);
        var admissions = new List<Admission>();
        for (var i = 0; i < 800; i++)
        {
            Assert.Null(pipeline.Admit(Rated, Source, 0, out var admission));
            admissions.Add(admission);
        }

        var reserved = 0;
        foreach (var one in admissions)
        {
            var admission = one;
            reserved += pipeline.Reserve(ref admission, Limits.DecompressedBodyBytes / 4) is null ? 1 : 0;
        }

        // A quarter of 20 MiB costs 160 events; 800 requests cost 80 of 500.
        Assert.Equal(3, reserved);
    }

    private static SourceNetworks Source { get; } = new(11, 12, 13);

    private ProjectKey Rated => _key with
    {
        Project = _key.Project with { MonthlyQuota = 10_000, Rates = PlanTable.Of(PlanId.Free).Rates },
    };

    private static string Many(int events, string id) =>
        $$"""{"batch_id":"{{id}}","events":[{{string.Join(',', Enumerable.Repeat("{\"event_type\":\"x\"}", events))}}]}""";

    private async Task<IngestResult> SendRatedAsync(IngestPipeline pipeline, string json, ProjectKey? key = null) =>
        pipeline.Admit(key ?? Rated, Source, json.Length, out var admission)
        ?? await pipeline.IngestAsync(key ?? Rated, Body(json), admission);

    private static Parties One { get; } = new(Guid.NewGuid(), Guid.NewGuid(), new(1));

    private static Parties Another { get; } = new(Guid.NewGuid(), Guid.NewGuid(), new(2));

    private static ReadOnlySequence<byte> Body(string json) => new(Encoding.UTF8.GetBytes(json));

    private IngestPipeline NewPipeline(TimeProvider? time = null) =>
        new(_store, _views, new TelemetryKitMetrics(), time ?? TimeProvider.System, NullLogger<IngestPipeline>.Instance);

    private async Task<IngestResult> SendAsync(IngestPipeline pipeline, string json, KeyKind kind = KeyKind.Live) =>
        await pipeline.IngestAsync(_key with { Kind = kind }, Body(json));

    private sealed class RecordingViews : IProjectViews
    {
        public List<RollupDelta> Merged { get; } = [];

        public Task<TAnswer> AskAsync<TAnswer>(
            Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void MergeCommitted(IReadOnlyList<RollupDelta> deltas) => Merged.AddRange(deltas);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
