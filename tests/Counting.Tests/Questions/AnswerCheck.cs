using System.Globalization;
using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>Compares an answer with the counts of the oracle.</summary>
/// <param name="counter">The oracle of the environment.</param>
/// <param name="firstKeptDay">New installs of earlier days are not known.</param>
/// <param name="today">The server's day.</param>
internal sealed class AnswerCheck(EventCounter counter, DateOnly firstKeptDay, DateOnly today)
{
    private const int DefaultLimit = 100;

    /// <summary>Returns the wrong figures.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="page">The number of the page of events.</param>
    public IReadOnlyList<Mismatch> Check(Question question, JsonElement answer, int page = 0)
    {
        var name = question.Statistic == Statistic.Top ? "Top by=" + question.By : question.Statistic.ToString();
        var comparison = new Comparison(name, Accuracy.Of(answer));
        var (from, to) = question.Range.On(today);
        // What a filter selects is one group, which the tables of the days always have.
        if (question is { Statistic: Statistic.Overview or Statistic.Users or Statistic.Series, Filter.IsNone: false, SeriesBy: null })
            comparison.Check(!comparison.Accuracy.IsTruncated, "accuracy", "", "not truncated", "truncated");
        switch (question.Statistic)
        {
            case Statistic.Overview:
                var (previous, days) = (answer.GetProperty("previous"), to.DayNumber - from.DayNumber + 1);
                CheckFigures(comparison, "", question.Filter, from, to, answer);
                var (first, last) = question.Compared is { From: { } start, To: { } end }
                    ? (start, end)
                    : (from.AddDays(-days), from.AddDays(-1));
                CheckFigures(comparison, "previous.", question.Filter, first, last, previous);
                break;
            case Statistic.Top:
                new TopCheck(comparison, question, counter, today).Check(answer);
                break;
            case Statistic.Series:
                new SeriesCheck(comparison, question, counter, today).Check(Above(comparison, question.Filter), answer);
                break;
            case Statistic.Users:
                CheckUsers(comparison, question.Filter, from, to, answer);
                break;
            case Statistic.Releases:
                new ReleasesCheck(comparison, counter, question).Check(from, to, answer);
                break;
            case Statistic.Retention:
                new RetentionCheck(comparison, counter, question).Check(from, to, answer);
                break;
            case Statistic.Failures:
                new FailuresCheck(comparison, counter, question).Check(from, to, answer);
                break;
            case Statistic.Deprecation:
                new DeprecationCheck(comparison, counter, question).Check(to, answer);
                break;
            default:
                CheckEvents(comparison, question, from, to, answer, page);
                break;
        }

        return comparison.Mismatches;
    }

    private void CheckFigures(Comparison comparison, string period, Filter filter, DateOnly from, DateOnly to, JsonElement answer)
    {
        var count = counter.CountOf(filter, from, to);
        var above = answer.Long("events_max") - answer.Long("events") ?? Above(comparison, filter);
        comparison.Exact(period + "range", "", $"{from:O} to {to:O}", answer.GetProperty("range") is var range
            ? $"{range.GetProperty("from").GetString()} to {range.GetProperty("to").GetString()}"
            : "");
        comparison.Number(period + "events", "", count.Events, answer.Long("events"), above);
        comparison.Distinct(period + "installs", "", count.Installs, answer.Long("installs"), above);
        comparison.Distinct(period + "sessions", "", count.Sessions, answer.Long("sessions"), above, mayBeUnknown: !filter.IsNone);
        comparison.Number(period + "failures", "", count.Failures, answer.Long("failures"), above);
        comparison.Number(period + "errors", "", count.Errors, answer.Long("errors"), above);
        if (above == 0)
        {
            comparison.Rate(period + "success_rate", "", count.SuccessRate, answer.Double("success_rate"));
            comparison.Duration(period + "p50_ms", "", count.Percentile(50), answer.Double("p50_ms"), mayBeUnknown: !filter.IsNone);
        }

        CheckNewInstalls(comparison, period, filter, from, to, answer);
    }

    /// <summary>What a filter may select in addition, if its value is not in a truncated summary.</summary>
    private static long Above(Comparison comparison, Filter filter) => filter.IsNone ? 0 : comparison.Accuracy.UnlistedMax;

    private void CheckNewInstalls(Comparison comparison, string period, Filter filter, DateOnly from, DateOnly to, JsonElement answer)
    {
        var actual = answer.Long("new_installs");
        if (from >= firstKeptDay && (filter.IsNone || actual is not null))
        {
            var expected = filter.IsNone ? counter.NewInstalls(from, to) : -1;
            comparison.New(period + "new_installs", "", expected, actual, answer.Long("installs"));
        }

        if (actual is { } added && answer.Long("installs") is { } installs)
            comparison.Check(added <= installs, period + "new_installs", "", $"at most {installs} installs", $"{added}");
    }

    private void CheckUsers(Comparison comparison, Filter filter, DateOnly from, DateOnly to, JsonElement answer)
    {
        foreach (var (name, length) in (ReadOnlySpan<(string, int)>)[("daily", 1), ("weekly", 7), ("monthly", 30)])
        {
            var installs = counter.CountOf(filter, to.AddDays(1 - length), to).Installs;
            comparison.Distinct(name, "", installs, answer.Long(name), Above(comparison, filter));
        }

        var days = answer.GetProperty("days");
        comparison.Exact("days", "", to.DayNumber - from.DayNumber + 1, days.GetArrayLength());
        if (days.GetArrayLength() != to.DayNumber - from.DayNumber + 1)
            return;
        for (var day = from; day <= to; day = day.AddDays(1))
            CheckDay(comparison, filter, day, days[day.DayNumber - from.DayNumber]);
    }

    private void CheckDay(Comparison comparison, Filter filter, DateOnly day, JsonElement actual)
    {
        var place = day.ToString("O", CultureInfo.InvariantCulture);
        var active = counter.CountOf(filter, day, day).Installs;
        comparison.Exact("day", place, place, actual.GetProperty("day").GetString());
        comparison.Distinct("active", place, active, actual.Long("active"), Above(comparison, filter));
        if (!filter.IsNone || day < firstKeptDay)
            return;
        var added = counter.NewInstalls(day, day);
        comparison.New("new", place, added, actual.Long("new"), actual.Long("active"));
        comparison.Exact("sum", place, actual.Long("active") ?? -1, actual.Long("new") + actual.Long("returning"));
        comparison.Distinct("returning", place, active - added, actual.Long("returning"), above: comparison.Accuracy.Tolerance(active));
    }

    private void CheckEvents(Comparison comparison, Question question, DateOnly from, DateOnly to, JsonElement answer, int page)
    {
        var limit = question.Limit ?? DefaultLimit;
        var facts = counter.Find(question.Filter, from, to).OrderByDescending(fact => fact.Time).Skip(page * limit).Take(limit);
        var expected = facts.Select(fact => fact.Time.ToUnixTimeMilliseconds()).ToList();
        var items = answer.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("timestamp").GetDateTimeOffset().ToUnixTimeMilliseconds()).ToList();
        comparison.Exact("items", "", expected.Count, items.Count);
        comparison.Check(expected.SequenceEqual(items), "timestamps", "", "those of the newest events", "other ones");
    }
}

/// <summary>Reads numbers that may be absent or null.</summary>
internal static class JsonNumbers
{
    public static long? Long(this JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    public static double? Double(this JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
