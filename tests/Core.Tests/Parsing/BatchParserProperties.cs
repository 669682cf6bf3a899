using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>Properties of all batches, checked on random ones.</summary>
public sealed class BatchParserProperties
{
    private static readonly Project Project = new(default, "properties", new byte[32], null, null);

    [Fact]
    public void Stored_metadata_equals_the_sent_metadata()
    {
        ForAll(random =>
        {
            var metadata = RandomJson.Object(random, "free text ");
            var events = Parse(EventWith(metadata.ToJsonString()));
            using var stored = JsonDocument.Parse(events.Metadata(0).IsEmpty ? "{}"u8.ToArray() : events.Metadata(0));
            using var sent = JsonDocument.Parse(metadata.ToJsonString());
            Assert.True(
                JsonElement.DeepEquals(sent.RootElement, stored.RootElement),
                $"{metadata.ToJsonString()} became {stored.RootElement}");
        });
    }

    [Fact]
    public void Stored_metadata_sent_again_is_stored_byte_for_byte_and_counts_the_same()
    {
        ForAll(random =>
        {
            var first = Parse(EventWith(RandomJson.Object(random, "alice@example.com 10.0.0.1 ").ToJsonString()));
            var again = Parse(EventWith(Encoding.UTF8.GetString(first.Metadata(0).IsEmpty ? "{}"u8 : first.Metadata(0).Span)));
            Assert.Equal(first.Metadata(0).ToArray(), again.Metadata(0).ToArray());
            Assert.Equal(first.Value[first.ValuesOf(0)], again.Value[again.ValuesOf(0)]);
        });
    }

    [Fact]
    public void Values_read_from_the_store_are_those_counted_at_ingest()
    {
        ForAll(random =>
        {
            var events = Parse(EventWith(RandomJson.Object(random, "alice@example.com ").ToJsonString()));
            var stored = new EventBatch();
            StoredEvents.AppendValues(stored, events.Metadata(0).Span);
            stored.Add(default, 0, "t", null, 0, 0, null, null, 0, EventContext.None);
            Assert.Equal(events.ValueKey[events.ValuesOf(0)], stored.ValueKey[stored.ValuesOf(0)]);
            Assert.Equal(events.Value[events.ValuesOf(0)], stored.Value[stored.ValuesOf(0)]);
        });
    }

    [Fact]
    public void The_order_of_properties_does_not_matter()
    {
        ForAll(random =>
        {
            var body = JsonNode.Parse(SampleBodies.All[random.Next(SampleBodies.All.Count)])!.AsObject();
            var shuffled = Shuffle(body, random);
            Assert.Equal(Describe(body), Describe(shuffled));
        });
    }

    [Fact]
    public void Times_are_parsed_like_the_framework_parses_them()
    {
        ForAll(random =>
        {
            var ticks = random.NextInt64(DateTime.MinValue.Ticks + TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay);
            var offset = TimeSpan.FromMinutes(random.Next(-14 * 60, (14 * 60) + 1));
            var time = new DateTimeOffset(ticks / 10 * 10, offset);
            var text = time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);
            Assert.True(Rfc3339.TryParse(Encoding.ASCII.GetBytes(text), out var microseconds));
            Assert.Equal((time - DateTimeOffset.UnixEpoch).Ticks / 10, microseconds);
        });
    }

    [Fact]
    public void Removing_events_equals_copying_the_others()
    {
        ForAll(random =>
        {
            var count = random.Next(1, 12);
            var sent = Enumerable.Range(0, count).Select(_ => EventWith(RandomJson.Object(random, "x").ToJsonString()));
            var batch = ParseBody("{\"events\":[" + string.Join(',', sent) + "]}").Events;
            var places = Enumerable.Range(0, count).Where(_ => random.Next(3) == 0).ToArray();
            var expected = new EventBatch();
            foreach (var kept in Enumerable.Range(0, count).Except(places))
                expected.CopyFrom(batch, kept);
            batch.Remove(places);
            // An event that is added afterwards must be correct, too.
            batch.AppendMetadata("{\"a\":1}"u8);
            batch.AppendValue("a", "1");
            batch.Add(default, 5, "last", "s", 1, 2, "v", true, 3, EventContext.None);
            expected.CopyFrom(batch, batch.Count - 1);
            Assert.Equal(Describe(expected), Describe(batch));
        });
    }

    private static void ForAll(Action<Random> property) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => property(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(int.MaxValue));

    private static string EventWith(string metadata) => $"{{\"event_type\":\"t\",\"metadata\":{metadata}}}";

    private static EventBatch Parse(string oneEvent)
    {
        var parsed = ParseBody("{\"events\":[" + oneEvent + "]}");
        Assert.True(parsed.Events.Count == 1, $"{string.Join(",", parsed.Rejected)} {oneEvent}");
        return parsed.Events;
    }

    private static ParsedBatch ParseBody(string body)
    {
        var parsed = new ParsedBatch();
        Assert.True(BatchParser.Parse(Encoding.UTF8.GetBytes(body), Project, SampleBodies.ReceivedAt, parsed).IsBatch);
        return parsed;
    }

    private static string Describe(JsonObject body)
    {
        var parsed = ParseBody(body.ToJsonString());
        return $"{parsed.BatchId} {parsed.Received} {parsed.Duplicates} {string.Join(',', parsed.Rejected)}\n{Describe(parsed.Events)}";
    }

    private static string Describe(EventBatch events)
    {
        var text = new StringBuilder();
        for (var i = 0; i < events.Count; i++)
        {
            // An event without an id gets a random one; metadata and context keep the order in which they were sent.
            var id = events.Type[i].StartsWith("custom", StringComparison.Ordinal) ? default : events.EventId[i];
            var context = events.Context[i] with { Json = Sorted(events.Context[i].Json) };
            text.Append(CultureInfo.InvariantCulture, $"{id} {events.Timestamp[i]} {events.Type[i]} {events.Subject[i]} ");
            text.Append(CultureInfo.InvariantCulture, $"{events.Install[i]} {events.Session[i]} {events.Version[i]} ");
            text.Append(CultureInfo.InvariantCulture, $"{events.Success[i]} {events.DurationMs[i]} {context} ");
            text.Append(Sorted(Encoding.UTF8.GetString(events.Metadata(i).Span))).Append(' ');
            var values = events.ValuesOf(i);
            var counted = events.ValueKey[values].Zip(events.Value[values], (k, v) => $"{k}={v}");
            text.AppendJoin(',', counted.Order(StringComparer.Ordinal)).Append('\n');
        }

        return text.ToString();
    }

    private static string Sorted(string json) => string.Concat(json.Order());

    private static JsonObject Shuffle(JsonObject node, Random random)
    {
        var members = node.ToArray();
        random.Shuffle(members);
        return new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, m.Value switch
        {
            JsonObject inner => Shuffle(inner, random),
            JsonArray array => new JsonArray([.. array.Select(e => e is JsonObject o ? Shuffle(o, random) : e?.DeepClone())]),
            var value => value?.DeepClone(),
        })));
    }
}
