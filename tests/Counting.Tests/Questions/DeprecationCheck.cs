using System.Globalization;
using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>Compares a deprecation: who still uses a subject, type, version or metadata value.</summary>
internal sealed class DeprecationCheck(Comparison comparison, EventCounter counter, Question question)
{
    private const int Days = 90;
    private const int Weeks = 13;

    public void Check(DateOnly to, JsonElement answer)
    {
        comparison.Exact("day", "", $"{to:O}", answer.GetProperty("day").GetString());
        // What is to be removed is selected by these filters. The others select the installs.
        var target = question.Filter;
        var others = new Filter(Actor: target.Actor)
        {
            Others = [.. target.Others.Where(other => !other.Name.StartsWith("meta.", StringComparison.Ordinal))],
        };
        var first = to.AddDays(1 - (7 * Weeks));
        var (active, used) = (counter.Find(others, first, to), counter.Find(target, first, to));
        var from = to.AddDays(1 - Days);
        var (last30, last90, before30) = (to.AddDays(-29), from, to.AddDays(-59));
        CheckWindow("last30", last30, to, active, used, answer.GetProperty("last30"));
        CheckWindow("last90", last90, to, active, used, answer.GetProperty("last90"));
        CheckWindow("before30", before30, to.AddDays(-30), active, used, answer.GetProperty("before30"));
        // Versions can be more than the tables of 91 days keep. What isn't a list has no groups.
        var truncated = comparison.Accuracy.IsTruncated;
        if (!truncated)
            CheckWindow("people", from, to, active.FindAll(IsOfPerson), used.FindAll(IsOfPerson), answer.GetProperty("people"));
        var weeks = answer.GetProperty("weeks");
        comparison.Exact("weeks", "", Weeks, weeks.GetArrayLength());
        for (var week = 0; week < weeks.GetArrayLength(); week++)
            CheckWindow("weeks", first.AddDays(7 * week), first.AddDays((7 * week) + 6), active, used, weeks[week]);
        CheckTrend(
            ShareOf(Within(active, last30, to), Within(used, last30, to)),
            ShareOf(Within(active, before30, to.AddDays(-30)), Within(used, before30, to.AddDays(-30))), answer);
        CheckUse(Within(used, from, to), answer);
        if (!truncated)
            CheckLists(Within(active, from, to), Within(used, from, to), answer);
        CheckVerdict(Within(active, from, to), Within(used, from, to), to, answer);
    }

    private static bool IsOfPerson(Fact fact) => fact.Actor is not ("ci" or "agent");

    private static List<Fact> Within(List<Fact> facts, DateOnly from, DateOnly to) =>
        facts.FindAll(fact => fact.Day >= from && fact.Day <= to);

    private static double? ShareOf(List<Fact> active, List<Fact> used) =>
        Count.Of(active).Installs is > 0 and var all ? (double)Count.Of(used).Installs / all : null;

    private void CheckWindow(string figure, DateOnly from, DateOnly to, List<Fact> active, List<Fact> used, JsonElement window)
    {
        var place = $"{from:O} to {to:O}";
        comparison.Exact(figure + ".from", place, $"{from:O}", window.GetProperty("from").GetString());
        comparison.Exact(figure + ".to", place, $"{to:O}", window.GetProperty("to").GetString());
        comparison.Exact(figure + ".active_installs", place, Count.Of(Within(active, from, to)).Installs, window.Long("active_installs"));
        comparison.Exact(figure + ".installs", place, Count.Of(Within(used, from, to)).Installs, window.Long("installs"));
        comparison.Rate(figure + ".share", place, ShareOf(Within(active, from, to), Within(used, from, to)), window.Double("share"));
    }

    private void CheckTrend(double? now, double? before, JsonElement answer)
    {
        var trend = answer.Double("trend");
        comparison.Check(
            now is null || before is null ? trend is null : trend is { } actual && Math.Abs(actual - (now.Value - before.Value)) <= 0.00016,
            "trend", "", $"{now - before}", $"{trend}");
    }

    private void CheckUse(List<Fact> used, JsonElement answer)
    {
        comparison.Time("last_seen", "", used.Count == 0 ? null : Count.Of(used).Last, answer.GetProperty("last_seen"));
        var firstUses = used.Where(fact => fact.User is not null).GroupBy(fact => fact.User).Select(user => user.Min(fact => fact.Day));
        var newest = firstUses.Select(day => (DateOnly?)day).Max();
        comparison.Exact(
            "newest_first_use", "", newest?.ToString("O", CultureInfo.InvariantCulture),
            answer.GetProperty("newest_first_use").GetString());
    }

    private void CheckLists(List<Fact> active, List<Fact> used, JsonElement answer)
    {
        var ofPeople = used.FindAll(IsOfPerson);
        comparison.Time(
            "last_seen_by_people", "", ofPeople.Count == 0 ? null : Count.Of(ofPeople).Last, answer.GetProperty("last_seen_by_people"));
        var actors = counter.Values(active, "actor").Select(actor => (
                Name: actor.Key, Active: Count.Of(actor.Value).Installs,
                Use: Count.Of(used.Where(fact => (fact.Actor ?? EventCounter.None) == actor.Key))))
            .OrderByDescending(actor => actor.Active).ThenBy(actor => actor.Name, StringComparer.Ordinal).ToList();
        CheckRows("actors", actors.ConvertAll(actor => (actor.Name, actor.Use, (long?)actor.Active)), "actor", answer);
        var versions = counter.Values(used, "version").Select(version => (version.Key, Use: Count.Of(version.Value)))
            .OrderByDescending(version => version.Key, VersionOrder.Comparer).ToList();
        CheckRows("versions", versions.ConvertAll(version => (version.Key, version.Use, (long?)null)), "version", answer);
    }

    private void CheckRows(string figure, List<(string Name, Count Use, long? Active)> expected, string name, JsonElement answer)
    {
        var rows = answer.GetProperty(figure).EnumerateArray().ToList();
        comparison.Exact(
            figure, "", string.Join(' ', expected.Select(row => row.Name)),
            string.Join(' ', rows.Select(row => row.GetProperty(name).GetString())));
        foreach (var ((place, use, active), row) in expected.Zip(rows))
        {
            if (active is { } installs)
                comparison.Exact(figure + ".active_installs", place, installs, row.Long("active_installs"));
            comparison.Exact(figure + ".installs", place, use.Installs, row.Long("installs"));
            comparison.Exact(figure + ".events", place, use.Events, row.Long("events"));
            comparison.Time(figure + ".last_seen", place, use.Events == 0 ? null : use.Last, row.GetProperty("last_seen"));
        }
    }

    private void CheckVerdict(List<Fact> active, List<Fact> used, DateOnly to, JsonElement answer)
    {
        var observed = active.Count == 0 ? 0 : to.DayNumber - active.Min(fact => fact.Day).DayNumber + 1;
        comparison.Exact("observed_days", "", observed, answer.Long("observed_days"));
        var (maxPercent, minInstalls, minDays) = question.Thresholds ?? (1, 100, 30);
        var (all, own) = (Count.Of(active).Installs, Count.Of(used).Installs);
        var verdict = all == 0 || all < minInstalls || observed < minDays ? "unknown"
            : 100.0 * own / all <= maxPercent ? "removable"
            : "in_use";
        comparison.Exact("verdict", "", verdict, answer.GetProperty("verdict").GetString());
    }
}
