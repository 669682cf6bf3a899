using System.Text;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>Behaviour that vectors can't express: messages, memory and threads.</summary>
public sealed class BatchParserTests
{
    private static readonly Project Project = new(default, "parser", new byte[32], null, null);

    [Fact]
    public void Events_with_known_words_do_not_allocate()
    {
        var parsed = new ParsedBatch();
        // Words are shared from their second occurrence on; the third round has no new ones.
        foreach (var body in SampleBodies.All.Concat(SampleBodies.All))
            Assert.True(Parse(body, parsed).IsBatch);
        Assert.All(SampleBodies.All.Where(b => !Encoding.UTF8.GetString(b).Contains("alice")), body =>
        {
            // Other tests share the cache and may evict a word, so one run without an allocation is enough.
            var least = Enumerable.Range(0, 20).Min(_ =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                Parse(body, parsed);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            });
            Assert.Equal(0, least);
        });
    }

    [Fact]
    public void Many_threads_parse_concurrently()
    {
        var mutator = new Mutator(seed: 4);
        byte[][] bodies = [.. Enumerable.Range(0, 500).Select(i => mutator.Mutate(SampleBodies.All[i % SampleBodies.All.Count]))];
        var alone = bodies.Select(b => Describe(b)).ToArray();
        Parallel.For(0, 4, _ => Assert.Equal(alone, bodies.Select(b => Describe(b))));
    }

    [Theory]
    [InlineData("{\"events\":[]", "line 1, byte 13")]
    [InlineData("{\n  \"events\": [\n    {]\n", "line 3, byte 6")]
    [InlineData("{\n  \"events\": [],\n  \"sent_at\": 7\n}", "line 3, byte 14")]
    [InlineData("{\n  \"events\": [],\n  \"events\": []\n}", "line 3, byte 3")]
    public void The_message_of_an_invalid_batch_has_the_position(string body, string place) =>
        Assert.EndsWith($": {place}.", Parse(Encoding.UTF8.GetBytes(body), new ParsedBatch()).Message);

    [Fact]
    public void The_message_of_invalid_utf8_has_the_position() =>
        Assert.EndsWith(": line 2, byte 3.", Parse([(byte)'{', (byte)'\n', (byte)' ', (byte)' ', 0xff], new ParsedBatch()).Message);

    [Fact]
    public void A_refused_body_clears_the_previous_result()
    {
        var parsed = new ParsedBatch();
        Assert.True(Parse(SampleBodies.All[5], parsed).IsBatch);
        Assert.False(Parse("{\"batch_id\":\"a\",\"events\":[{\"event_type\":\"t\"},7],\"sdk\":7}"u8, parsed).IsBatch);
        Assert.Equal(
            (null, 0, 0, 0, 0),
            (parsed.BatchId, parsed.Received, parsed.Events.Count, parsed.Rejected.Count, parsed.Duplicates));
    }

    [Fact]
    public void Generated_event_ids_are_ordered_by_the_time_received()
    {
        var parsed = new ParsedBatch();
        Assert.True(Parse("{\"events\":[{\"event_type\":\"t\"}]}"u8, parsed).IsBatch);
        Assert.Equal(7, parsed.Events.EventId[0].Version);
        Assert.False(parsed.HasEventId[0]);
        Assert.StartsWith(Guid.CreateVersion7(SampleBodies.ReceivedAt).ToString()[..13], parsed.Events.EventId[0].ToString());
    }

    private static ParseOutcome Parse(ReadOnlySpan<byte> body, ParsedBatch into) =>
        BatchParser.Parse(body, Project, SampleBodies.ReceivedAt, into);

    private static string Describe(byte[] body)
    {
        var parsed = new ParsedBatch();
        var outcome = Parse(body, parsed);
        var events = parsed.Events;
        var texts = Enumerable.Range(0, events.Count).Select(i =>
            $"{events.Type[i]} {events.Subject[i]} {events.Install[i]} {Encoding.UTF8.GetString(events.Metadata(i).Span)}");
        return $"{outcome} {string.Join(',', texts)} {string.Join(',', parsed.Rejected)}";
    }
}
