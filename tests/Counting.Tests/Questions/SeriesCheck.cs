using System.Globalization;
using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>Compares a series, and the values of a dimension in each of its points.</summary>
internal sealed class SeriesCheck(Comparison comparison, Question question, EventCounter counter, DateOnly today)
{
    private const int DefaultValues = 10;

    private readonly string _interval = question.Interval ?? "day";
    private readonly string? _by = question.SeriesBy;
    private readonly int _limit = question.Limit ?? DefaultValues;

    public void Check(long above, JsonElement answer)
    {
        var (from, to) = question.Range.On(today);
        comparison.Exact("interval", "", _interval, answer.GetProperty("interval").GetString());
        var starts = EventCounter.Intervals(_interval, from, to);
        var points = answer.GetProperty("points");
        comparison.Exact("points", "", starts.Count, points.GetArrayLength());
        if (starts.Count != points.GetArrayLength())
            return;
        var byStart = ByStart(Selected(from, to), starts);
        for (var i = 0; i < starts.Count; i++)
        {
            var (point, place) = (points[i], starts[i].ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            var facts = byStart.GetValueOrDefault(i) ?? [];
            var count = Count.Of(facts);
            comparison.Exact("time", place, place, point.GetProperty("time").GetString());
            comparison.Number("events", place, count.Events, point.Long("events"), above);
            comparison.Number("failures", place, count.Failures, point.Long("failures"), above);
            comparison.Distinct("installs", place, count.Installs, point.Long("installs"), above, mayBeUnknown: _interval == "hour");
            if (_by is null)
                comparison.Check(!point.TryGetProperty("values", out _), "values", place, "absent", "present");
            else
                CheckValues(place, facts, point);
        }
    }

    /// <summary>Subjects of a type are those of the events of the type.</summary>
    private List<Fact> Selected(DateOnly from, DateOnly to)
    {
        var type = _by switch
        {
            "command" => "command_executed",
            "feature" => "feature_used",
            "method" => "method_called",
            "component" => "component_rendered",
            _ => null,
        };
        var facts = counter.Find(question.Filter, from, to);
        return type is null ? facts : facts.FindAll(fact => fact.Type == type);
    }

    private void CheckValues(string place, List<Fact> facts, JsonElement point)
    {
        var counts = counter.Values(facts, _by!, question.Group).ToDictionary(value => value.Key, value => Count.Of(value.Value));
        var values = point.GetProperty("values").EnumerateArray().ToList();
        var (truncated, most) = (comparison.Accuracy.IsTruncated, comparison.Accuracy.UnlistedMax);
        if (!truncated)
            comparison.Exact("values", place, Math.Min(_limit, counts.Count), values.Count);
        HashSet<string> names = [];
        long listed = 0;
        foreach (var value in values)
        {
            var name = value.GetProperty("value").GetString()!;
            comparison.Check(names.Add(name), "values", place, "each value once", name);
            listed += value.Long("events") ?? 0;
            var count = counts.GetValueOrDefault(name) ?? Count.Of([]);
            comparison.Number("value.events", place, count.Events, value.Long("events"), most);
            comparison.Number("value.failures", place, count.Failures, value.Long("failures"), most);
            comparison.Distinct("value.installs", place, count.Installs, value.Long("installs"), most, mayBeUnknown: _interval == "hour");
        }

        if (!truncated || _interval != "hour" || point.TryGetProperty("other", out _))
            comparison.Exact("other", place, counts.Values.Sum(count => count.Events) - listed, point.Long("other"));
        var ordered = values.ConvertAll(value => value.Long("events") ?? 0);
        var isOrdered = ordered.OrderDescending().SequenceEqual(ordered);
        comparison.Check(truncated || isOrdered, "order", place, "most events first", "another order");
        var largest = counts.Where(count => !names.Contains(count.Key)).Select(count => count.Value.Events).DefaultIfEmpty().Max();
        comparison.Check(
            largest <= (values.Count == _limit ? ordered[^1] + most : most), "unlisted", place, $"{largest} events", "a value is missing");
    }

    private static Dictionary<int, List<Fact>> ByStart(List<Fact> facts, List<DateTimeOffset> starts)
    {
        Dictionary<int, List<Fact>> byStart = [];
        foreach (var fact in facts)
        {
            var index = starts.BinarySearch(fact.Time);
            var start = index >= 0 ? index : ~index - 1;
            if (!byStart.TryGetValue(start, out var own))
                byStart[start] = own = [];
            own.Add(fact);
        }

        return byStart;
    }
}
