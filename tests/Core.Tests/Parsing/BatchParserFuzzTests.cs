using System.Text.Json;
using System.Text.RegularExpressions;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>Any input gives a result with consistent counts.</summary>
public sealed partial class BatchParserFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20_261_120;
    private const int MutatedBodies = 100_000;
    private static readonly Project Project = new(default, "fuzz", new byte[32], null, null);
    private static readonly Project Allowing = Project with { MetadataAllowList = new HashSet<string> { "target", "CANARY" } };

    [Fact]
    public void A_hundred_thousand_mutated_bodies_give_results_with_consistent_counts()
    {
        output.WriteLine($"seed {Seed}");
        var mutator = new Mutator(Seed);
        var parsed = new ParsedBatch();
        // Caches and the buffers of this thread are created with the first body.
        BatchParser.Parse(SampleBodies.All[0], Project, SampleBodies.ReceivedAt, parsed);
        var batches = 0;
        var rejected = new Dictionary<DropReason, int>();
        var codes = new Dictionary<string, int>();
        for (var i = 0; i < MutatedBodies; i++)
        {
            var body = mutator.Mutate(SampleBodies.All[i % SampleBodies.All.Count]);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var outcome = BatchParser.Parse(body, i % 5 == 0 ? Allowing : Project, SampleBodies.ReceivedAt, parsed);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < 256 * 1024, $"seed {Seed}, body {i}: {allocated} bytes were allocated for {body.Length}");
            if (outcome.IsBatch)
            {
                batches++;
                Check(parsed, i);
                foreach (var rejection in parsed.Rejected)
                    rejected[rejection.Reason] = rejected.GetValueOrDefault(rejection.Reason) + 1;
            }
            else
            {
                Assert.Equal((0, 0, 0, 0), (parsed.Received, parsed.Duplicates, parsed.Rejected.Count, parsed.Events.Count));
                Assert.DoesNotContain(SampleBodies.Canary, outcome.Message);
                codes[outcome.Code!] = codes.GetValueOrDefault(outcome.Code!) + 1;
            }
        }

        output.WriteLine($"{batches} batches; {string.Join(", ", codes)}; {string.Join(", ", rejected)}");
        // The mutations must reach every result; otherwise this test is no longer effective.
        Assert.InRange(batches, MutatedBodies / 5, MutatedBodies * 4 / 5);
        DropReason[] reasons =
        [
            DropReason.InvalidEvent, DropReason.InvalidType, DropReason.InvalidTimestamp,
            DropReason.TooOld, DropReason.InTheFuture, DropReason.TooLarge,
        ];
        Assert.Empty(reasons.Except(rejected.Keys));
        Assert.Empty(new[] { ParseOutcome.InvalidJson, ParseOutcome.InvalidBatch }.Except(codes.Keys));
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(Seed);
        var parsed = new ParsedBatch();
        for (var i = 0; i < 20_000; i++)
        {
            var body = new byte[random.Next(100)];
            random.NextBytes(body);
            Assert.False(BatchParser.Parse(body, Project, SampleBodies.ReceivedAt, parsed).IsBatch);
        }
    }

    private static void Check(ParsedBatch parsed, int body)
    {
        var events = parsed.Events;
        Assert.True(
            parsed.Received == events.Count + parsed.Duplicates + parsed.Rejected.Count,
            $"seed {Seed}, body {body}: the counts are inconsistent");
        Assert.Equal((events.Count, events.Count), (parsed.Index.Count, parsed.HasEventId.Count));
        var indices = parsed.Index.Concat(parsed.Rejected.Select(r => r.Index)).ToList();
        Assert.Equal(indices.Count, indices.Distinct().Count());
        Assert.All(indices, i => Assert.InRange(i, 0, parsed.Received - 1));
        Assert.Equal(parsed.Rejected.Select(r => r.Index).Order(), parsed.Rejected.Select(r => r.Index));
        foreach (var rejection in parsed.Rejected)
        {
            Assert.NotEqual(DropReason.None, rejection.Reason);
            Assert.DoesNotContain(SampleBodies.Canary, rejection.Message);
        }

        var received = (SampleBodies.ReceivedAt - DateTimeOffset.UnixEpoch).Ticks / 10;
        for (var i = 0; i < events.Count; i++)
        {
            Assert.Matches(Type(), events.Type[i]);
            Assert.NotEqual(Guid.Empty, events.EventId[i]);
            Assert.InRange(events.Timestamp[i], received - (Limits.OldestEvent.Ticks / 10), received + (Limits.FurthestEvent.Ticks / 10));
            Assert.True(float.IsNaN(events.DurationMs[i]) || (events.DurationMs[i] >= 0 && float.IsFinite(events.DurationMs[i])));
            Assert.DoesNotContain("\0", events.Subject[i] ?? "", StringComparison.Ordinal);
            Assert.True(events.Context[i] == StoredEvents.ParseContext(events.Context[i].Json));
            CheckMetadata(events, i);
        }
    }

    private static void CheckMetadata(EventBatch events, int i)
    {
        var metadata = events.Metadata(i);
        if (metadata.IsEmpty)
        {
            Assert.Empty(events.ValueKey[events.ValuesOf(i)]);
            return;
        }

        using var json = JsonDocument.Parse(metadata, new JsonDocumentOptions { AllowDuplicateProperties = false });
        Assert.InRange(json.RootElement.EnumerateObject().Count(), 1, Limits.MetadataKeys);
        var stored = new EventBatch();
        StoredEvents.AppendValues(stored, metadata.Span);
        stored.Add(default, 0, "t", null, 0, 0, null, null, 0, EventContext.None);
        Assert.Equal(events.ValueKey[events.ValuesOf(i)], stored.ValueKey[stored.ValuesOf(0)]);
        Assert.Equal(events.Value[events.ValuesOf(i)], stored.Value[stored.ValuesOf(0)]);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_.:-]{0,63}$")]
    private static partial Regex Type();
}
