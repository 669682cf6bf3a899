using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>
/// Compares a top list. An exact list has the values with the most events, each with its true numbers. A truncated list has intervals
/// that contain the true numbers, and any value that is not listed has at most so many events as the answer says. In each list, the
/// listed events and the other ones are the total.
/// </summary>
internal sealed class TopCheck(Comparison comparison, Question question, EventCounter counter, DateOnly today)
{
    private const int DefaultLimit = 100;
    private const int MostDays = 731;

    // Fewer values than any table of all events keeps: a value with more than this share of the events is always listed.
    private const int KeptValues = 1_000;

    private readonly int _limit = question.Limit ?? DefaultLimit;

    // Rollups keep more values than the tables of days that are counted from events.
    private readonly bool _isOfRollups =
        question is { Filter.IsNone: true, Group: null, Compared: null, Combinations: false, Unused: false }
        && question.By is "command" or "feature" or "method" or "component" or "event" or "type" or "version" or "os" or "arch"
            or "runtime" or "actor" or "sdk";

    public void Check(JsonElement answer)
    {
        var (from, to) = question.Range.On(today);
        var counts = CountsOf(from, to);
        if (question.Unused)
            counts = UnusedOf(counts, from, to);
        var compared = question.Compared is { From: { } first, To: { } last } ? CountsOf(first, last) : null;
        comparison.Exact("by", "", question.By, answer.GetProperty("by").GetString());
        var items = answer.GetProperty("items").EnumerateArray().ToList();
        long listed = 0;
        HashSet<string> names = [];
        foreach (var item in items)
        {
            var name = item.GetProperty("value").GetString()!;
            comparison.Check(names.Add(name), "items", name, "each value once", "twice");
            listed += item.Long("events") ?? 0;
            CheckItem(name, counts.GetValueOrDefault(name), item);
            CheckCompared(name, compared, item);
        }

        var total = counts.Values.Sum(count => count.Events);
        comparison.Exact("other", "", (answer.Long("total") ?? total) - listed, answer.Long("other"));
        // A value that isn't kept may be one that was used.
        if (question.Unused && comparison.Accuracy.IsTruncated)
            return;
        comparison.Number("total", "", total, answer.Long("total"), question.Filter.IsNone ? 0 : comparison.Accuracy.UnlistedMax);
        CheckOrder(items);
        if (question.Unused || question.Group is not null)
            CheckCut(counts, items);
        else
            CheckUnlisted(counts, names, items, total);
    }

    private Dictionary<string, Count> CountsOf(DateOnly from, DateOnly to) =>
        counter.Values(question.Filter, question.By, from, to, question.Group, question.Combinations)
            .ToDictionary(value => value.Key, value => Count.Of(value.Value));

    private Dictionary<string, Count> UnusedOf(Dictionary<string, Count> used, DateOnly from, DateOnly to) =>
        CountsOf(to.AddDays(1 - MostDays), from.AddDays(-1))
            .Where(before => before.Key != EventCounter.None && !used.ContainsKey(before.Key)).ToDictionary();

    private void CheckItem(string name, Count? count, JsonElement item)
    {
        if (count is null)
        {
            comparison.Check(question.Unused && comparison.Accuracy.IsTruncated, "items", name, "null", name);
            return;
        }

        var events = item.Long("events");
        var above = item.Long("events_max") - events ?? 0;
        comparison.Check(
            events <= count.Events && count.Events <= events + above && (above == 0 || comparison.Accuracy.IsTruncated),
            "events", name, $"{count.Events}", above == 0 ? $"{events}" : $"{events} to {events + above}");
        comparison.Distinct("installs", name, count.Installs, item.Long("installs"), above);
        comparison.Number("failures", name, count.Failures, item.Long("failures"), above);
        comparison.Number("errors", name, count.Errors, item.Long("errors"), above);
        comparison.Check(
            item.GetProperty("first_seen").GetDateTimeOffset() >= Second(count.First)
            && item.GetProperty("last_seen").GetDateTimeOffset() <= Second(count.Last),
            "seen", name, $"{Second(count.First):u} to {Second(count.Last):u}", item.ToString());
        if (above != 0)
            return;
        comparison.Exact("first_seen", name, $"{Second(count.First):u}", $"{item.GetProperty("first_seen").GetDateTimeOffset():u}");
        comparison.Exact("last_seen", name, $"{Second(count.Last):u}", $"{item.GetProperty("last_seen").GetDateTimeOffset():u}");
        comparison.Rate("success_rate", name, count.SuccessRate, item.Double("success_rate"));
        comparison.Duration("p50_ms", name, count.Percentile(50), item.Double("p50_ms"), mayBeUnknown: false);
        comparison.Duration("p95_ms", name, count.Percentile(95), item.Double("p95_ms"), mayBeUnknown: false);
    }

    private void CheckCompared(string name, Dictionary<string, Count>? compared, JsonElement item)
    {
        if (compared is null || comparison.Accuracy.IsTruncated)
        {
            comparison.Check(
                compared is not null || !item.TryGetProperty("compared_events", out _), "compared_events", name, "absent", item.ToString());
            return;
        }

        var count = compared.GetValueOrDefault(name) ?? Count.Of([]);
        comparison.Exact("compared_events", name, count.Events, item.Long("compared_events"));
        comparison.Distinct("compared_installs", name, count.Installs, item.Long("compared_installs"));
        comparison.Exact("compared_failures", name, count.Failures, item.Long("compared_failures"));
        comparison.Rate("compared_success_rate", name, count.SuccessRate, item.Double("compared_success_rate"));
        comparison.Duration("compared_p50_ms", name, count.Percentile(50), item.Double("compared_p50_ms"), mayBeUnknown: false);
        comparison.Duration("compared_p95_ms", name, count.Percentile(95), item.Double("compared_p95_ms"), mayBeUnknown: false);
    }

    private void CheckOrder(List<JsonElement> items)
    {
        for (var i = 1; i < items.Count; i++)
        {
            var isRight = Order(items[i - 1]).CompareTo(Order(items[i])) >= 0;
            if (question.Group is not null)
                isRight = VersionOrder.Comparer.Compare(NameOf(items[i - 1]), NameOf(items[i])) > 0;
            comparison.Check(
                isRight || (comparison.Accuracy.IsTruncated && question.Group is null), "order", $"{i}", $"after {items[i - 1]}",
                $"{items[i]}");
        }
    }

    private long Order(JsonElement item) =>
        question.Unused ? item.GetProperty("last_seen").GetDateTimeOffset().ToUnixTimeSeconds() : Most(item);

    /// <summary>Of a list in another order than that of events, what is left out is at its end.</summary>
    private void CheckCut(Dictionary<string, Count> counts, List<JsonElement> items)
    {
        if (comparison.Accuracy.IsTruncated)
            return;
        comparison.Exact("items", "", Math.Min(_limit, counts.Count), items.Count);
        if (items.Count == 0)
            return;
        var names = items.Select(NameOf).ToHashSet();
        foreach (var (name, count) in counts.Where(count => !names.Contains(count.Key)))
        {
            var isAfter = question.Unused
                ? Second(count.Last).ToUnixTimeSeconds() <= Order(items[^1])
                : VersionOrder.Comparer.Compare(name, NameOf(items[^1])) < 0;
            comparison.Check(isAfter, "unlisted", name, $"before {NameOf(items[^1])}", "after it");
        }
    }

    private void CheckUnlisted(Dictionary<string, Count> counts, HashSet<string> names, List<JsonElement> items, long total)
    {
        var isFull = items.Count == _limit;
        var most = comparison.Accuracy.UnlistedMax;
        if (_isOfRollups)
            most = Math.Min(most, total / KeptValues);
        if (isFull)
            most = Math.Max(most, comparison.Accuracy.IsTruncated ? items.Max(Most) : Most(items[^1]));
        foreach (var (name, count) in counts.Where(count => !names.Contains(count.Key)))
            comparison.Check(count.Events <= most, "unlisted", name, $"{count.Events} events", $"at most {most}, which is not listed");
    }

    private static string NameOf(JsonElement item) => item.GetProperty("value").GetString()!;

    private static long Most(JsonElement item) => item.Long("events_max") ?? item.Long("events") ?? 0;

    private static DateTimeOffset Second(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
