using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>What the specification states is what the code does: its numbers and words are the code's.</summary>
public sealed class SpecificationTests
{
    private static readonly string Protocol = Spec.ReadText("PROTOCOL.md");
    private static readonly JsonElement Schema = Spec.Read("schema/batch.schema.json");

    [Fact]
    public void The_protocol_names_every_drop_reason_a_server_gives_in_a_200()
    {
        // rate_limited is the answer to a whole request, with its own row.
        Assert.All(Enum.GetValues<DropReason>().Where(r => r != DropReason.None), reason => Assert.Contains($"`{reason.Code()}`", Protocol));
        Assert.All([ParseOutcome.InvalidJson, ParseOutcome.InvalidBatch, ParseOutcome.TooManyEvents], code => Assert.Contains($"`{code}`", Protocol));
    }

    [Fact]
    public void The_schema_states_the_limits()
    {
        var batch = Schema.GetProperty("properties");
        var defs = Schema.GetProperty("$defs");
        var fields = defs.GetProperty("event").GetProperty("properties");
        Assert.Equal(Limits.EventsPerBatch, batch.GetProperty("events").GetProperty("maxItems").GetInt32());
        Assert.All(["service_name", "service_version", "sdk"], name => Assert.Equal(Limits.NameLength, batch.GetProperty(name).GetProperty("maxLength").GetInt32()));
        Assert.Equal(Limits.IdLength, defs.GetProperty("id").GetProperty("maxLength").GetInt32());
        Assert.Equal(Limits.StringLength, fields.GetProperty("user_id").GetProperty("maxLength").GetInt32());
        Assert.Equal(Limits.MetadataKeys, fields.GetProperty("metadata").GetProperty("maxProperties").GetInt32());
        Assert.Equal(Limits.MetadataKeyLength, fields.GetProperty("metadata").GetProperty("propertyNames").GetProperty("maxLength").GetInt32());
    }

    [Fact]
    public void The_schema_has_the_properties_the_parser_reads_and_no_others()
    {
        Assert.Equal(
            Enum.GetValues<BatchFields>().Where(f => f != BatchFields.None).Select(BatchField.NameOf).Order(),
            Schema.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(
            Enum.GetValues<EventFields>().Where(f => f != EventFields.None).Select(EventField.NameOf).Order(),
            Schema.GetProperty("$defs").GetProperty("event").GetProperty("properties").EnumerateObject().Select(p => p.Name).Order());
    }

    [Fact]
    public void There_are_enough_vectors_and_half_of_those_for_scrubbing_are_clean()
    {
        var scrubbing = Spec.Read("vectors/scrubbing.json").EnumerateArray().ToList();
        Assert.InRange(scrubbing.Count, 80, int.MaxValue);
        Assert.InRange(scrubbing.Count(v => v.GetProperty("input").GetString() == v.GetProperty("expected").GetString()), scrubbing.Count / 3, scrubbing.Count);
        Assert.InRange(Spec.Files("vectors/batches").Sum(f => Spec.Read(f).GetArrayLength()), 80, int.MaxValue);
    }
}
