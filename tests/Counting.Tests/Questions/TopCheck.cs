using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>
/// Compares a top list. An exact list has the values with the most events, each with its true numbers. A truncated list has intervals
/// that contain the true numbers, and any value that is not listed has at most so many events as the answer says. In each list, the
/// listed events and the other ones are the total.
/// </summary>
internal sealed class TopCheck(Comparison comparison, Question question)
{
    private const int DefaultLimit = 100;

    // Fewer values than any table of all events keeps: a value with more than this share of the events is always listed.
    private const int KeptValues = 1_000;

    // Subjects of a type are listed without those events that have no subject, or with them as a row.
    private readonly bool _isOfSubjects = question.By is "command" or "feature" or "method" or "component";
    private readonly bool _isOfMetadata = question.By.StartsWith("meta.", StringComparison.Ordinal);
    private readonly int _limit = question.Limit ?? DefaultLimit;

    public void Check(Dictionary<string, List<Fact>> values, JsonElement answer)
    {
        var counts = values.ToDictionary(value => value.Key, value => Count.Of(value.Value));
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
        }

        var total = counts.Values.Sum(count => count.Events);
        var above = question.Filter.IsNone ? 0 : comparison.Accuracy.UnlistedMax;
        comparison.Number("total", "", total, answer.Long("total"), above);
        comparison.Exact("other", "", (answer.Long("total") ?? total) - listed, answer.Long("other"));
        CheckOrder(items);
        CheckUnlisted(counts, names, items, total);
    }

    private void CheckItem(string name, Count? count, JsonElement item)
    {
        if (count is null)
        {
            comparison.Exact("items", name, null, name);
            return;
        }

        var events = item.Long("events");
        var above = item.Long("events_max") - events ?? 0;
        comparison.Check(
            events <= count.Events && count.Events <= events + above && (above == 0 || comparison.Accuracy.IsTruncated),
            "events", name, $"{count.Events}", above == 0 ? $"{events}" : $"{events} to {events + above}");
        var isKept = question.Filter.IsNone && !_isOfMetadata;
        comparison.Distinct("installs", name, count.Installs, item.Long("installs"), above, mayBeUnknown: !isKept);
        if (item.Long("failures") is not null || isKept)
            comparison.Number("failures", name, count.Failures, item.Long("failures"), above);
        comparison.Check(
            item.GetProperty("first_seen").GetDateTimeOffset() >= Second(count.First)
            && item.GetProperty("last_seen").GetDateTimeOffset() <= Second(count.Last),
            "seen", name, $"{Second(count.First):u} to {Second(count.Last):u}", item.ToString());
        if (above != 0)
            return;
        comparison.Exact("first_seen", name, $"{Second(count.First):u}", $"{item.GetProperty("first_seen").GetDateTimeOffset():u}");
        comparison.Exact("last_seen", name, $"{Second(count.Last):u}", $"{item.GetProperty("last_seen").GetDateTimeOffset():u}");
        comparison.Rate("success_rate", name, count.SuccessRate, item.Double("success_rate"));
        comparison.Duration("p50_ms", name, count.Percentile(50), item.Double("p50_ms"), mayBeUnknown: !isKept);
        comparison.Duration("p95_ms", name, count.Percentile(95), item.Double("p95_ms"), mayBeUnknown: !isKept);
    }

    private void CheckOrder(List<JsonElement> items)
    {
        for (var i = 1; i < items.Count; i++)
        {
            var (before, after) = (Most(items[i - 1]), Most(items[i]));
            comparison.Check(before >= after || comparison.Accuracy.IsTruncated, "order", $"{i}", $"at most {before}", $"{after}");
        }
    }

    private void CheckUnlisted(Dictionary<string, Count> counts, HashSet<string> names, List<JsonElement> items, long total)
    {
        var isFull = items.Count == _limit;
        var most = comparison.Accuracy.UnlistedMax;
        if (question.Filter.IsNone && !_isOfMetadata)
            most = Math.Min(most, total / KeptValues);
        if (isFull)
            most = Math.Max(most, comparison.Accuracy.IsTruncated ? items.Max(Most) : Most(items[^1]));
        foreach (var (name, count) in counts.Where(count => !names.Contains(count.Key)))
        {
            if (!(_isOfSubjects && name == EventCounter.None))
                comparison.Check(count.Events <= most, "unlisted", name, $"{count.Events} events", $"at most {most}, which is not listed");
        }
    }

    private static long Most(JsonElement item) => item.Long("events_max") ?? item.Long("events") ?? 0;

    private static DateTimeOffset Second(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
