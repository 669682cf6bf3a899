using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Tests.Text;

public sealed class CodePointsTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("字字", 2)]
    [InlineData("🚀🚀🚀", 3)]
    [InlineData("e\u0301", 2)]
    [InlineData("👩‍👩‍👧", 5)]
    public void Pairs_of_surrogates_count_once(string text, int count) => Assert.Equal(count, CodePoints.Count(text));

    [Theory]
    [InlineData("", false)]
    [InlineData("a", true)]
    [InlineData("🚀🚀🚀", true)]
    [InlineData("🚀🚀🚀🚀", false)]
    public void A_range_is_inclusive(string text, bool isBetween)
    {
        Assert.Equal(isBetween, CodePoints.IsBetween(text, 1, 3));
        Assert.Equal(text.Length == 6, CodePoints.IsBetween(text, 2, 3));
    }

    [Theory]
    [InlineData("a\u0001b🚀", true)]
    [InlineData("", true)]
    [InlineData("a\0", false)]
    public void Null_and_unpaired_surrogates_cannot_be_stored(string text, bool isStorable) =>
        Assert.Equal(isStorable, CodePoints.AreStorable(text));

    // Arguments of attributes are stored in UTF-8, which has no unpaired surrogates.
    [Fact]
    public void Unpaired_surrogates_count_as_one_and_cannot_be_stored()
    {
        foreach (var (text, count) in new[] { ("\ud83d", 1), ("\ude80", 1), ("\ud83da", 2), ("\ude80\ud83d", 2), ("🚀\ude80", 2) })
        {
            Assert.Equal(count, CodePoints.Count(text));
            Assert.False(CodePoints.AreStorable(text), $"{count} code points");
        }
    }
}
