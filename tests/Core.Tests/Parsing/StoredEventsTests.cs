using System.Text;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Tests.Parsing;

public sealed class StoredEventsTests
{
    [Fact]
    public void A_stored_context_is_parsed_with_the_values_that_are_counted()
    {
        const string Json =
            """{"service":"my-cli","sdk":"dotnet/1.0.0","os":"linux","os_version":"6.1","arch":"x64","runtime":"dotnet 10.0",""" +
            """ "ci":true,"shell":"zsh","cores":8}""";
        Assert.Equal(new EventContext("linux", "x64", "dotnet 10.0", "ci", "dotnet/1.0.0", Json), StoredEvents.ParseContext(Json));
    }

    [Fact]
    public void Frequent_contexts_share_one_object()
    {
        const string Json = """{"os":"plan9","actor":"agent","ci":true}""";
        StoredEvents.ParseContext(Json);
        var shared = StoredEvents.ParseContext(Json);
        Assert.Equal("agent", shared.Actor);
        Assert.Same(shared, StoredEvents.ParseContext(Json));
        Assert.Same(EventContext.None, StoredEvents.ParseContext("{}"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{}", "")]
    [InlineData(
        """{"target":"production","n":5,"on":true,"off":false,"nothing":null,"ratio":0.5,"big":1e5,"empty":""}""",
        "target=production n=5 on=true off=false")]
    [InlineData(
        """{"flags":["a","b","a",1,true,null,0.5,["no"],{"no":"no"},""],"nested":{"a":"b"},"last":"x"}""",
        "flags=a flags=b flags=1 flags=true last=x")]
    [InlineData("""{"success":"partly","duration_ms":"long","k":"v"}""", "k=v")]
    [InlineData("""{"a\"b":"\u00e9\n"}""", "a\"b=é\n")]
    [InlineData("""{"integer":-12,"long":123456789012345678901}""", "integer=-12")]
    public void The_counted_values_of_stored_metadata_are_read(string metadata, string expected)
    {
        var batch = new EventBatch();
        StoredEvents.AppendValues(batch, Encoding.UTF8.GetBytes(metadata));
        var i = batch.Add(Guid.NewGuid(), 0, "t", null, 0, 0, null, null, float.NaN, EventContext.None);
        var values = batch.ValuesOf(i);
        Assert.Equal(expected, string.Join(' ', batch.ValueKey[values].Zip(batch.Value[values], (k, v) => $"{k}={v}")));
    }

    [Fact]
    public void Long_texts_and_long_lists_are_not_counted_beyond_the_bounds()
    {
        var batch = new EventBatch();
        var atLimit = new string('x', Limits.CountedValueBytes);
        var list = string.Join(',', Enumerable.Range(0, 1_000));
        var metadata = $$"""{"long":"{{atLimit}}y","fits":"{{atLimit}}","list":[{{list}}]}""";
        StoredEvents.AppendValues(batch, Encoding.UTF8.GetBytes(metadata));
        var i = batch.Add(Guid.NewGuid(), 0, "t", null, 0, 0, null, null, float.NaN, EventContext.None);
        Assert.Equal(Limits.CountedValues, batch.ValueKey[batch.ValuesOf(i)].Length);
        Assert.Equal("fits", batch.ValueKey[0]);
    }
}
