using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Reading;

/// <summary>The changes of one day that a reader needs.</summary>
/// <param name="Day">The day.</param>
/// <param name="Revision">The revision of the stored rollup, or 0 if there is none.</param>
/// <param name="Replaces">Whether the changes replace what the reader has of the day.</param>
/// <param name="Deltas">The deltas that the reader doesn't have.</param>
internal sealed record DayPlan(DateOnly Day, long Revision, bool Replaces, IReadOnlyList<Guid> Deltas)
{
    /// <summary>Whether the rollup must be read.</summary>
    public bool NeedsRollup => Replaces && Revision > 0;

    /// <summary>Returns the content of each day.</summary>
    public static IReadOnlyDictionary<DateOnly, DayContent> ContentOf(
        IReadOnlyDictionary<DateOnly, long> revisions, ILookup<DateOnly, Guid> deltas)
    {
        var content = revisions.ToDictionary(day => day.Key, day => new DayContent(day.Value, 0, 0));
        foreach (var day in deltas)
            content[day.Key] = day.Aggregate(content.GetValueOrDefault(day.Key), (sum, delta) => sum.With(delta));
        return content;
    }

    /// <summary>
    /// Compares the stored state with that of a reader. A day is replaced if its revision changed or if a delta that the reader has merged
    /// is missing (the day was reset). A day that doesn't exist any more is replaced by an empty one.
    /// </summary>
    public static List<DayPlan> For(
        IReadOnlyDictionary<DateOnly, long> revisions, ILookup<DateOnly, Guid> deltas, IEnumerable<KeyValuePair<DateOnly, KnownDay>> known)
    {
        var readers = known.ToDictionary();
        List<DayPlan> plan = [];
        foreach (var day in revisions.Keys.Union(deltas.Select(stored => stored.Key)).Union(readers.Keys).Order())
        {
            var revision = revisions.GetValueOrDefault(day);
            var reader = readers.GetValueOrDefault(day) ?? new KnownDay(0, []);
            var missing = deltas[day].Except(reader.Deltas).ToArray();
            var isCurrent = reader.Revision == revision && deltas[day].Count() - missing.Length == reader.Deltas.Count;
            if (!isCurrent)
                plan.Add(new DayPlan(day, revision, true, [.. deltas[day]]));
            else if (missing.Length > 0)
                plan.Add(new DayPlan(day, revision, !readers.ContainsKey(day), missing));
        }

        return plan;
    }
}
