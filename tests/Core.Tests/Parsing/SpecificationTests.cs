using System.Text;
using System.Text.Json;
using Json.Schema;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>The limits and codes of the specification are those of the code.</summary>
public sealed class SpecificationTests
{
    private static readonly string Protocol = Spec.ReadText("PROTOCOL.md");
    private static readonly JsonElement Schema = Spec.Read("schema/batch.schema.json");
    private static readonly JsonSchema Validator = JsonSchema.Build(Schema, new BuildOptions { SchemaRegistry = new() });
    private static readonly EvaluationOptions WithFormats = new() { RequireFormatValidation = true };

    /// <summary>The vectors of which the server rejects nothing.</summary>
    public static TheoryData<string> FaultlessVectors() => new(
        from file in Spec.Files("vectors/batches")
        from vector in Spec.Read($"vectors/batches/{Path.GetFileName(file)}").EnumerateArray()
        where vector.GetProperty("expected").TryGetProperty("rejected", out var rejected) && rejected.GetArrayLength() == 0
        select $"{Path.GetFileName(file)}: {vector.GetProperty("name")}");

    [Theory]
    [MemberData(nameof(FaultlessVectors))]
    public void The_schema_accepts_what_the_server_accepts(string vector)
    {
        var (file, name) = (vector.Split(": ")[0], vector[(vector.IndexOf(':', StringComparison.Ordinal) + 2)..]);
        var batch = Spec.Read($"vectors/batches/{file}").EnumerateArray().Single(v => v.GetProperty("name").GetString() == name);
        Assert.True(IsValid(Encoding.UTF8.GetString(BatchVectorTests.Body(batch))));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"events":[{}]}""")]
    [InlineData("""{"events":[{"event_type":"9"}]}""")]
    [InlineData("""{"events":[{"event_type":"x","timestamp":"yesterday"}]}""")]
    [InlineData("""{"events":[{"event_type":"x","duration_ms":-1}]}""")]
    [InlineData("""{"events":[{"event_type":"x","metadata":{"":1}}]}""")]
    [InlineData("""{"batch_id":"","events":[]}""")]
    public void The_schema_refuses_what_the_server_rejects(string batch) => Assert.False(IsValid(batch));

    [Fact]
    public void The_schema_states_how_deep_metadata_may_be()
    {
        Assert.True(IsValid(Nested(Limits.MetadataDepth, "[", "]")));
        Assert.True(IsValid(Nested(Limits.MetadataDepth, """{"a":""", "}")));
        Assert.False(IsValid(Nested(Limits.MetadataDepth + 1, "[", "]")));
        Assert.False(IsValid(Nested(Limits.MetadataDepth + 1, """{"a":""", "}")));
    }

    [Fact]
    public void The_protocol_documents_every_code()
    {
        // rate_limited refuses a whole request and has its own row.
        var reasons = Enum.GetValues<DropReason>().Where(r => r != DropReason.None).Select(reason => reason.Code());
        string[] codes = [.. reasons, ParseOutcome.InvalidJson, ParseOutcome.InvalidBatch, ParseOutcome.TooManyEvents];
        Assert.All(codes, code => Assert.Contains($"`{code}`", Protocol));
    }

    [Fact]
    public void The_schema_states_the_limits()
    {
        var batch = Schema.GetProperty("properties");
        var defs = Schema.GetProperty("$defs");
        var fields = defs.GetProperty("event").GetProperty("properties");
        Assert.Equal(Limits.EventsPerBatch, batch.GetProperty("events").GetProperty("maxItems").GetInt32());
        Assert.All(
            ["service_name", "service_version", "sdk"],
            name => Assert.Equal(Limits.NameLength, batch.GetProperty(name).GetProperty("maxLength").GetInt32()));
        Assert.Equal(Limits.IdLength, defs.GetProperty("id").GetProperty("maxLength").GetInt32());
        Assert.Equal(Limits.StringLength, fields.GetProperty("user_id").GetProperty("maxLength").GetInt32());
        var metadata = fields.GetProperty("metadata");
        Assert.Equal(Limits.MetadataKeys, metadata.GetProperty("maxProperties").GetInt32());
        Assert.Equal(Limits.MetadataKeyLength, metadata.GetProperty("propertyNames").GetProperty("maxLength").GetInt32());
    }

    [Fact]
    public void The_schema_has_exactly_the_properties_that_the_parser_reads()
    {
        Assert.Equal(
            Enum.GetValues<BatchFields>().Where(f => f != BatchFields.None).Select(BatchField.NameOf).Order(),
            Schema.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(
            Enum.GetValues<EventFields>().Where(f => f != EventFields.None).Select(EventField.NameOf).Order(),
            Schema.GetProperty("$defs").GetProperty("event").GetProperty("properties").EnumerateObject().Select(p => p.Name).Order());
    }

    [Fact]
    public void There_are_enough_vectors_and_a_third_of_those_for_scrubbing_is_clean()
    {
        var scrubbing = Spec.Read("vectors/scrubbing.json").EnumerateArray().ToList();
        Assert.InRange(scrubbing.Count, 80, int.MaxValue);
        var clean = scrubbing.Count(v => v.GetProperty("input").GetString() == v.GetProperty("expected").GetString());
        Assert.InRange(clean, scrubbing.Count / 3, scrubbing.Count);
        Assert.InRange(Spec.Files("vectors/batches").Sum(f => Spec.Read(f).GetArrayLength()), 80, int.MaxValue);
    }

    private static bool IsValid(string batch)
    {
        using var json = JsonDocument.Parse(batch.TrimStart('\uFEFF'));
        return Validator.Evaluate(json.RootElement, WithFormats).IsValid;
    }

    private static string Nested(int levels, string open, string close)
    {
        var value = string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));
        return $$$"""{"events":[{"event_type":"x","metadata":{"k": {{{value}}} }}]}""";
    }
}
