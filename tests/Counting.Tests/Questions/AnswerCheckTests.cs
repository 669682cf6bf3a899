using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;
using TelemetryKit.Counting.Tests.Histories;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>What is a right answer, and what is a wrong one.</summary>
public sealed class AnswerCheckTests
{
    private const string Seen = "\"first_seen\":\"2026-11-20T12:00:00Z\",\"last_seen\":\"2026-11-20T12:00:00Z\"";
    private static readonly DateOnly Friday = new(2026, 11, 20);
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly Ledger _ledger = new();

    public AnswerCheckTests()
    {
        SentEvent build = new("command_executed") { Subject = "build", User = "a", Session = "1", Success = true, DurationMs = 100 };
        _ledger.Receive(
            new SentBatch([build, build with { User = "b", Success = false }, build with { User = "c" }, build with { Subject = "test" }]),
            Noon);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\"events\":4", "\"events\":3")]
    [InlineData("\"installs\":3", "\"installs\":4")]
    [InlineData("\"installs\":3", "\"installs\":null")]
    [InlineData("\"new_installs\":3", "\"new_installs\":2")]
    [InlineData("\"new_installs\":3", "\"new_installs\":null")]
    [InlineData("\"sessions\":1", "\"sessions\":2")]
    [InlineData("\"failures\":1", "\"failures\":0")]
    [InlineData("\"errors\":0", "\"errors\":1")]
    [InlineData("\"success_rate\":0.75", "\"success_rate\":0.7502")]
    [InlineData("\"success_rate\":0.75", "\"success_rate\":null")]
    [InlineData("\"p50_ms\":100", "\"p50_ms\":102")]
    [InlineData("\"p50_ms\":100", "\"p50_ms\":null")]
    [InlineData("\"from\":\"2026-11-20\"", "\"from\":\"2026-11-21\"")]
    public void A_wrong_figure_of_an_exact_overview_is_found(string right, string wrong)
    {
        var answer = $$"""
            {"range":{"from":"2026-11-20","to":"2026-11-20"},"events":4,"installs":3,"new_installs":3,"sessions":1,"failures":1,"errors":0,
             "success_rate":0.75,"p50_ms":100,"previous":{"range":{"from":"2026-11-19","to":"2026-11-19"},"events":0,"installs":0,
             "new_installs":0,"sessions":0,"failures":0,"errors":0,"success_rate":null,"p50_ms":null} }
            """;

        Assert.Empty(Check(Overview(), answer));
        if (right.Length > 0)
            Assert.NotEmpty(Check(Overview(), answer.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(98, 0.01, true)]
    [InlineData(96, 0.01, true)]
    [InlineData(95, 0.01, false)]
    [InlineData(104, 0.01, true)]
    [InlineData(105, 0.01, false)]
    public void An_estimate_is_within_four_standard_errors(long actual, double error, bool isRight)
    {
        var comparison = new Comparison("x", new Accuracy(false, 0, error));
        comparison.Distinct("installs", "", 100, actual);
        Assert.Equal(isRight, comparison.Mismatches.Count == 0);
    }

    [Theory]
    [InlineData(100, 100.9, true)]
    [InlineData(100, 98.9, false)]
    [InlineData(0, 0, true)]
    [InlineData(0, 0.001, false)]
    [InlineData(0.0005, 0.001, true)]
    [InlineData(4e10, 31_536_000_000, true)]
    public void A_duration_is_within_one_percent(double expected, double actual, bool isRight)
    {
        var comparison = new Comparison("x", new Accuracy(false, 0, 0));
        comparison.Duration("p50_ms", "", expected, actual, mayBeUnknown: false);
        Assert.Equal(isRight, comparison.Mismatches.Count == 0);
    }

    [Theory]
    [InlineData("Exact, with every value", "exact", "3", null, "1", 4, 0, true)]
    [InlineData("A count that is too small", "exact", "2", null, "1", 4, 1, false)]
    [InlineData("A missing value", "exact", "3", null, null, 4, 1, false)]
    [InlineData("An interval that says nothing of it", "exact", "2", "3", "1", 4, 1, false)]
    [InlineData("An interval that contains the count", "truncated", "2", "3", "1", 4, 1, true)]
    [InlineData("An interval below the count", "truncated", "1", "2", "1", 4, 2, false)]
    [InlineData("An interval above the count", "truncated", "4", "5", "1", 4, -1, false)]
    [InlineData("Listed and other events that are not the total", "truncated", "2", "3", "1", 4, 0, false)]
    [InlineData("Another total", "truncated", "2", "3", "1", 5, 2, false)]
    public void A_wrong_top_list_is_found(
        string name, string kind, string build, string? buildMax, string? test, long total, long other, bool isRight)
    {
        var accuracy = kind == "exact" ? """{"kind":"exact"}""" : $$"""{"kind":"{{kind}}","unlisted_max":1}""";
        List<string> items = [Item("build", build, buildMax, 3, 1)];
        if (test is not null)
            items.Add(Item("test", test, null, 1, 0));

        var mismatches = Check(
            Top(),
            $$"""{"by":"command","total":{{total}},"other":{{other}},"items":[{{string.Join(',', items)}}],"accuracy":{{accuracy}} }""");

        Assert.True(isRight == (mismatches.Count == 0), $"{name}: {string.Join(", ", mismatches)}");
    }

    [Fact]
    public void A_frequent_value_must_be_listed_even_if_the_list_is_truncated()
    {
        var answer = """{"by":"command","total":4,"other":4,"items":[],"accuracy":{"kind":"truncated","unlisted_max":9} }""";
        Assert.NotEmpty(Check(Top(), answer));
    }

    private static Question Overview() => new(Statistic.Overview, new AskedRange(Days: 1));

    private static Question Top() => new(Statistic.Top, new AskedRange(Days: 1)) { By = "command" };

    private static string Item(string value, string events, string? most, int installs, int failures) =>
        $$"""
        {"value":"{{value}}","events":{{events}},{{(most is null ? "" : $"\"events_max\":{most},")}}"installs":{{installs}},
         "failures":{{failures}},"errors":0,"success_rate":{{(failures == 0 ? "1" : "0.6667")}},"p50_ms":100,"p95_ms":100,{{Seen}} }
        """;

    private IReadOnlyList<Mismatch> Check(Question question, string answer)
    {
        using var json = JsonDocument.Parse(answer);
        return new AnswerCheck(_ledger.Counter(isTest: false), DateOnly.MinValue, Friday).Check(question, json.RootElement);
    }
}
