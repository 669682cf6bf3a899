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
        {
            data.Add(
                vector.GetProperty("name").GetString()!,
                vector.GetProperty("input").GetString()!,
                vector.GetProperty("expected").GetString()!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_vector_gives_the_expected_text(string name, string input, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, Scrubber.Scrub(input));
        Assert.Equal(input == expected, Scrubber.IsClean(Encoding.UTF8.GetBytes(input)));
        Assert.Equal(expected, Scrubber.Scrub(expected));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_regexes_of_the_specification_give_the_expected_text(string name, string input, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, Reference.Scrub(input));
    }

    [Fact]
    public void The_scanner_equals_the_regexes_on_confusing_texts()
    {
        var texts = new ConfusingTexts(seed: 20_261_120);
        for (var i = 0; i < 10_000; i++)
        {
            var text = texts.Next();
            var (scanned, expected) = (Scrubber.Scrub(text), Reference.Scrub(text));
            Assert.True(expected == scanned, $"{text}\n scanner: {scanned}\n regexes: {expected}");
            Assert.Equal(VersionReference.Scrub(text), Scrubber.Scrub(text, ScrubScope.Version));
        }
    }

    [Fact]
    public void Scrubbing_is_idempotent()
    {
        var texts = new ConfusingTexts(seed: 7);
        for (var i = 0; i < 200_000; i++)
        {
            var once = Scrubber.Scrub(texts.Next());
            Assert.Equal(once, Scrubber.Scrub(once));
        }
    }

    [Fact]
    public void A_version_keeps_four_numbers_but_no_addresses()
    {
        Assert.Equal("1.2.3.4", Scrubber.Scrub("1.2.3.4", ScrubScope.Version));
        Assert.Equal("[ip]", Scrubber.Scrub("2001:db8::1", ScrubScope.Version));
        Assert.Equal("[email]", Scrubber.Scrub("alice@example.com", ScrubScope.Version));
    }

    [Fact]
    public void A_clean_text_needs_no_allocation()
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
    [InlineData("%40")]
    [InlineData("a@\u200bü.")]
    [InlineData("\\\\users\\home\\")]
    [InlineData("/mnt/home/")]
    [InlineData("C:\\Users\\a A")]
    [InlineData("SG.aaaaaaaaaaaaaaaaaaaa.")]
    [InlineData("Maaaaaaaaaaaaaaaaaaaaaaaa.")]
    [InlineData("authorization:a")]
    [InlineData("cookie: a=")]
    [InlineData("password>a")]
    [InlineData("-u a:")]
    [InlineData("--a-token")]
    [InlineData("?sig=a")]
    [InlineData("&a-signature=")]
    [InlineData("a1.")]
    [InlineData("_1.1.1.1.1")]
    [InlineData("00441 ")]
    [InlineData("2.")]
    [InlineData("４.")]
    public void Time_is_linear_in_the_length(string unit)
    {
        // Linear time is milliseconds, quadratic time would be minutes. 15 s is enough even on a busy machine.
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, (512 << 10) / unit.Length)));
        var clock = Stopwatch.StartNew();
        Scrubber.TryScrub(text, out _);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 15);
    }
}
