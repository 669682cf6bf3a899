using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>Compares the failures by exit code, version and operating system.</summary>
internal sealed class FailuresCheck(Comparison comparison, EventCounter counter, Question question)
{
    private const int DefaultLimit = 100;

    public void Check(DateOnly from, DateOnly to, JsonElement answer)
    {
        var facts = counter.Find(question.Filter, from, to);
        // A table of a short range keeps 4,096 groups of a day.
        if (comparison.Accuracy.IsTruncated)
        {
            comparison.Check(to.DayNumber - from.DayNumber > 30 || facts.Count > 4_096, "accuracy", "", "exact", "truncated");
            return;
        }

        var all = Count.Of(facts);
        var failed = facts.FindAll(fact => fact.Failed);
        comparison.Exact("runs", "", all.Runs, answer.Long("runs"));
        comparison.Exact("failures", "", all.Failures, answer.Long("failures"));
        comparison.Rate("failure_rate", "", RateOf(all.Failures, all.Runs), answer.Double("failure_rate"));
        var byPlace = facts.GroupBy(PlaceOf).ToDictionary(place => place.Key, Count.Of);
        Dictionary<(string Code, (string Version, string Os) Place), List<Fact>> groups = [];
        foreach (var (code, own) in counter.Values(failed, "exit_code"))
        {
            foreach (var place in own.GroupBy(PlaceOf))
                groups[(code, place.Key)] = [.. place];
        }

        var items = answer.GetProperty("items").EnumerateArray().ToList();
        comparison.Exact("items", "", Math.Min(question.Limit ?? DefaultLimit, groups.Count), items.Count);
        HashSet<(string Code, (string Version, string Os) Place)> listed = [];
        var last = long.MaxValue;
        foreach (var item in items)
        {
            var key = (Text(item, "exit_code"), (Text(item, "version"), Text(item, "os")));
            comparison.Check(listed.Add(key) && groups.ContainsKey(key), "items", $"{key}", "a combination, once", "another");
            if (!groups.TryGetValue(key, out var own))
                continue;
            CheckItem($"{key}", Count.Of(own), byPlace[key.Item2], all.Failures, item);
            comparison.Check(own.Count <= last, "order", $"{key}", $"at most {last}", $"{own.Count}");
            last = own.Count;
        }

        comparison.Check(
            groups.All(group => listed.Contains(group.Key) || group.Value.Count <= last), "unlisted", "", $"at most {last}", "more");
        comparison.Exact(
            "other", "", groups.Where(group => !listed.Contains(group.Key)).Sum(group => group.Value.Count), answer.Long("other"));
    }

    private void CheckItem(string place, Count count, Count all, long failures, JsonElement item)
    {
        comparison.Exact("item.failures", place, count.Events, item.Long("failures"));
        comparison.Distinct("item.installs", place, count.Installs, item.Long("installs"));
        comparison.Rate("item.share", place, RateOf(count.Events, failures), item.Double("share"));
        comparison.Exact("item.runs", place, all.Runs, item.Long("runs"));
        comparison.Rate("item.failure_rate", place, RateOf(count.Events, all.Runs), item.Double("failure_rate"));
        comparison.Time("item.first_seen", place, count.First, item.GetProperty("first_seen"));
        comparison.Time("item.last_seen", place, count.Last, item.GetProperty("last_seen"));
    }

    private static (string Version, string Os) PlaceOf(Fact fact) => (fact.Version ?? EventCounter.None, fact.Os ?? EventCounter.None);

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static double? RateOf(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
