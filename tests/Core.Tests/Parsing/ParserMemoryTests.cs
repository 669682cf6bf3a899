using System.Text;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>The memory that the parser keeps between batches. It is that of the process, so no other test runs at the same time.</summary>
[Collection(nameof(ParserMemoryTests))]
[CollectionDefinition(nameof(ParserMemoryTests), DisableParallelization = true)]
public sealed class ParserMemoryTests
{
    private static readonly Project Project = new(default, "memory", new byte[32], null, null);

    [Fact]
    public void A_large_body_of_unique_texts_leaves_little_memory_in_use()
    {
        // Each text occurs twice, so that each is added to the cache.
        var padding = new string('x', 50);
        var events = Enumerable.Range(0, 1_000).Select(i =>
        {
            var metadata = Enumerable.Range(0, 60).Select(k => $"\"k{i}_{k}\":\"v{i}_{k / 2} {padding}\"");
            return $"{{\"event_type\":\"t{i}\",\"user_id\":\"u{i}\",\"metadata\":{{{string.Join(',', metadata)}}}}}";
        });
        var body = Encoding.UTF8.GetBytes($"{{\"events\":[{string.Join(',', events)}]}}");
        Assert.InRange(body.Length, 4_000_000, Limits.DecompressedBodyBytes);
        var parsed = new ParsedBatch();
        BatchParser.Parse(body, Project, SampleBodies.ReceivedAt, parsed);
        parsed.Clear();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 0; round < 3; round++)
        {
            Assert.True(BatchParser.Parse(body, Project, SampleBodies.ReceivedAt, parsed).IsBatch);
            Assert.Equal(1_000, parsed.Events.Count);
            parsed.Clear();
        }

        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(kept < 48L * 1024 * 1024, $"{kept >> 20} MiB are still in use");
    }
}
