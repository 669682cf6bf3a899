using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Reading;

/// <summary>What a reader is to be told of one day.</summary>
/// <param name="Day">The day.</param>
/// <param name="Revision">The revision of the stored rollup; 0 where there is none.</param>
/// <param name="Replaces">Whether the reader has to forget what it has of it.</param>
/// <param name="Deltas">The deltas that it lacks.</param>
internal sealed record DayPlan(DateOnly Day, long Revision, bool Replaces, IReadOnlyList<Guid> Deltas)
{
    /// <summary>Whether the rollup has to be read.</summary>
    public bool NeedsRollup => Replaces && Revision > 0;

    /// <summary>
    /// Compares what is stored with what a reader knows; pure. A day whose revision changed is answered whole, and so is one that lost a delta the
    /// reader has merged (it was reset); a day that is gone is answered empty.
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
            var lacking = deltas[day].Except(reader.Deltas).ToArray();
            var isCurrent = reader.Revision == revision && deltas[day].Count() - lacking.Length == reader.Deltas.Count;
            if (!isCurrent)
                plan.Add(new DayPlan(day, revision, true, [.. deltas[day]]));
            else if (lacking.Length > 0)
                plan.Add(new DayPlan(day, revision, !readers.ContainsKey(day), lacking));
        }

        return plan;
    }
}
