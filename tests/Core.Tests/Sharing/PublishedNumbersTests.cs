using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Sharing;

namespace TelemetryKit.Core.Tests.Sharing;

public sealed class PublishedNumbersTests
{
    [Fact]
    public void A_number_is_a_multiple_of_ten_not_below_ten_and_less_than_twenty_below_the_true_one()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll<byte, ushort, string>((secret, installs, cut) =>
        {
            var published = Of(secret).Installs(installs, cut ?? "");
            return published is null
                ? installs < 2 * PublishedNumbers.Floor
                : published % 10 == 0 && published >= PublishedNumbers.Floor && installs - published is >= 0 and < 20;
        }));
    }

    [Fact]
    public void More_installs_never_give_a_smaller_number()
    {
        var numbers = Of(1);
        long last = 0;
        for (var installs = 0; installs < 2_000; installs++)
        {
            var published = numbers.Installs(installs, "cut") ?? 0;
            Assert.InRange(published, last, last + 10);
            last = published;
        }
    }

    [Fact]
    public void Where_a_number_moves_on_depends_on_the_project_and_on_what_is_counted()
    {
        var cuts = Enumerable.Range(0, 200).Select(cut => Threshold(Of(1), $"command:{cut}")).ToList();
        var projects = Enumerable.Range(0, 200).Select(project => Threshold(Of((byte)project), "installs")).ToList();
        // Each of the ten thresholds occurs: the chance that one of them is missing is below one in ten million.
        Assert.Equal(Enumerable.Range(10, 10), cuts.Distinct().Order());
        Assert.Equal(Enumerable.Range(10, 10), projects.Distinct().Order());
        Assert.Equal(Threshold(Of(1), "installs"), Threshold(Of(1), "installs"));
    }

    [Fact]
    public void An_unknown_number_is_absent() => Assert.Null(Of(1).Installs(null, "cut"));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(99, 99)]
    [InlineData(100, 100)]
    [InlineData(109, 100)]
    [InlineData(12_999, 12_000)]
    [InlineData(999_999_999, 990_000_000)]
    public void Events_have_two_significant_digits(long events, long published) =>
        Assert.Equal(published, PublishedNumbers.Events(events));

    [Theory]
    [InlineData("my-cli", true)]
    [InlineData("a1", true)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a--b", false)]
    [InlineData("A1", false)]
    [InlineData("ä1", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("12345678901234567890123456789012345678901234567890", true)]
    [InlineData("123456789012345678901234567890123456789012345678901", false)]
    public void Names_are_those_that_fit_into_an_address(string? name, bool isValid) => Assert.Equal(isValid, ShareName.IsValid(name));

    private static PublishedNumbers Of(byte secret) => new([.. Enumerable.Repeat(secret, 32)]);

    private static int Threshold(PublishedNumbers numbers, string cut) =>
        Enumerable.Range(0, 100).First(installs => numbers.Installs(installs, cut) is not null);
}
