using System.Globalization;
using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>Compares retention by week of first use.</summary>
internal sealed class RetentionCheck(Comparison comparison, EventCounter counter, Question question)
{
    private const int MostDays = 731;

    public void Check(DateOnly from, DateOnly to, JsonElement answer)
    {
        comparison.Check(comparison.Accuracy is { IsTruncated: false, RelativeError: 0 }, "accuracy", "", "exact", "another");
        // As far as events are counted: from the Monday before the longest range.
        var active = counter.Find(question.Filter, Monday(to.AddDays(1 - MostDays)), to).Where(fact => fact.User is not null)
            .GroupBy(fact => fact.User!).ToDictionary(user => user.Key, user => user.Select(fact => Monday(fact.Day)).ToHashSet());
        var cohorts = answer.GetProperty("cohorts").EnumerateArray().ToList();
        var week = Monday(from);
        foreach (var cohort in cohorts)
        {
            var place = week.ToString("O", CultureInfo.InvariantCulture);
            comparison.Exact("week", place, place, cohort.GetProperty("week").GetString());
            var members = active.Values.Where(weeks => weeks.Min() == week).ToList();
            comparison.Exact("installs", place, members.Count, cohort.Long("installs"));
            var later = week;
            foreach (var point in cohort.GetProperty("weeks").EnumerateArray())
            {
                var back = members.Count(weeks => weeks.Contains(later));
                comparison.Exact("active", place, back, point.Long("active"));
                comparison.Rate("share", place, members.Count == 0 ? null : (double)back / members.Count, point.Double("share"));
                later = later.AddDays(7);
            }

            comparison.Check(later > to && later.AddDays(-7) <= to, "weeks", place, $"up to {to:O}", $"up to {later.AddDays(-7):O}");
            week = week.AddDays(7);
        }

        comparison.Check(week > to && week.AddDays(-7) <= to, "cohorts", "", $"up to {to:O}", $"up to {week.AddDays(-7):O}");
    }

    private static DateOnly Monday(DateOnly day)
    {
        while (day.DayOfWeek != DayOfWeek.Monday)
            day = day.AddDays(-1);
        return day;
    }
}
