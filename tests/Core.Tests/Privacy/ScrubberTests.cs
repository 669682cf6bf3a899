using System.Diagnostics;
using System.Text;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Tests.Privacy;

public sealed class ScrubberTests
{
    private static readonly ReferenceScrubber Reference = new();
    private static readonly ReferenceScrubber VersionReference = new(versions: true);

    public static TheoryData<string, string, string> Vectors()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var vector in Spec.Read("vectors/scrubbing.json").EnumerateArray())
            data.Add(vector.GetProperty("name").GetString()!, vector.GetProperty("input").GetString()!, vector.GetProperty("expected").GetString()!);
        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_vector_gives_what_the_specification_says(string name, string input, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, Scrubber.Scrub(input));
        Assert.Equal(input == expected, Scrubber.IsClean(Encoding.UTF8.GetBytes(input)));
        Assert.Equal(expected, Scrubber.Scrub(expected));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_regexes_of_the_specification_give_the_vectors_too(string name, string input, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, Reference.Scrub(input));
    }

    [Fact]
    public void The_scanner_does_what_the_regexes_do_on_texts_made_to_confuse_it()
    {
        var texts = new ConfusingTexts(seed: 20_261_120);
        for (var i = 0; i < 10_000; i++)
        {
            var text = texts.Next();
            Assert.True(Reference.Scrub(text) == Scrubber.Scrub(text), $"{text}\n scanner: {Scrubber.Scrub(text)}\n regexes: {Reference.Scrub(text)}");
            Assert.Equal(VersionReference.Scrub(text), Scrubber.Scrub(text, ScrubScope.Version));
        }
    }

    [Fact]
    public void Scrubbing_twice_is_scrubbing_once()
    {
        var texts = new ConfusingTexts(seed: 7);
        for (var i = 0; i < 200_000; i++)
        {
            var once = Scrubber.Scrub(texts.Next());
            Assert.Equal(once, Scrubber.Scrub(once));
        }
    }

    [Fact]
    public void A_version_keeps_its_four_numbers_and_loses_an_address()
    {
        Assert.Equal("1.2.3.4", Scrubber.Scrub("1.2.3.4", ScrubScope.Version));
        Assert.Equal("[ip]", Scrubber.Scrub("2001:db8::1", ScrubScope.Version));
        Assert.Equal("[email]", Scrubber.Scrub("alice@example.com", ScrubScope.Version));
    }

    [Fact]
    public void A_clean_text_allocates_nothing()
    {
        byte[][] texts = [.. Spec.Read("vectors/scrubbing.json").EnumerateArray()
            .Where(v => v.GetProperty("input").GetString() == v.GetProperty("expected").GetString())
            .Select(v => Encoding.UTF8.GetBytes(v.GetProperty("input").GetString()!))];
        Assert.All(texts, text =>
        {
            Scrubber.TryScrub(text, out _);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var changed = Scrubber.TryScrub(text, out _);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.False(changed);
        });
    }

    [Theory]
    [InlineData("a@")]
    [InlineData("1.")]
    [InlineData("1:")]
    [InlineData(":")]
    [InlineData("/home/")]
    [InlineData("~a")]
    [InlineData("eyJ-")]
    [InlineData("npm_-")]
    [InlineData("token:")]
    [InlineData("password: a ")]
    [InlineData("-----BEGIN ")]
    [InlineData("--token ")]
    [InlineData("://a")]
    [InlineData("+1 ")]
    [InlineData("0")]
    [InlineData("4")]
    [InlineData("C:\\Users\\")]
    [InlineData("Bearer a")]
    [InlineData("aA1-")]
    [InlineData("a.b@c-")]
    public void Time_grows_with_the_length_and_not_with_its_square(string unit)
    {
        // Linear, this takes milliseconds; quadratic, minutes. 15 s leaves room for a machine that is busy with something else.
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, (512 << 10) / unit.Length)));
        var clock = Stopwatch.StartNew();
        Scrubber.TryScrub(text, out _);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 15);
    }
}
