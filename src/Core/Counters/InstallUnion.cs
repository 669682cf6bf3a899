namespace TelemetryKit.Core.Counters;

/// <summary>
/// Counts distinct installs over several rollups by the rule of one: as if all had been merged. So an answer doesn't change when days are
/// folded into a month, and one set has one number in all answers of a range.
/// </summary>
internal sealed class InstallUnion(IReadOnlyList<Rollup> rollups)
{
    private readonly Dictionary<InstallIndex, ushort[]> _maps = [];
    private InstallIndex? _union;

    /// <summary>The standard error of the counts that were estimates, divided by the count; 0 if all were exact.</summary>
    public double RelativeError { get; private set; }

    /// <summary>Returns the number of distinct installs in sets of the rollups, at most one set of each.</summary>
    public long Count(IReadOnlyList<InstallSet> sets)
    {
        switch (sets.Count)
        {
            case 0:
                return 0;
            case 1 when rollups.Count == 1 && sets[0].Sketch is null:
                return sets[0].Count;
        }

        var union = _union ??= Merge();
        return union.IsOverflowed ? Estimate(sets, union.Bounds) : CountExactly(sets);
    }

    /// <summary>Notes that a number of the answer is an estimate.</summary>
    public long CountOf(DistinctCounter counter)
    {
        if (!counter.IsExact)
            RelativeError = Math.Max(RelativeError, HyperLogLog.StandardError(counter.Precision));
        return counter.Count;
    }

    private InstallIndex Merge()
    {
        var union = new InstallIndex(rollups[0].Installs.Bounds);
        foreach (var rollup in rollups)
        {
            union.Add(rollup.Installs);
            if (union.IsOverflowed)
                return union;
            _maps[rollup.Installs] = union.MapOf(rollup.Installs).ToArray();
        }

        return union;
    }

    private int CountExactly(IReadOnlyList<InstallSet> sets)
    {
        var bits = InstallSet.Cleared();
        foreach (var set in sets)
            set.AddTo(bits, _maps[set.Index]);
        return InstallSet.CountOf(bits);
    }

    private long Estimate(IReadOnlyList<InstallSet> sets, RollupBounds bounds)
    {
        var union = new DistinctCounter(DistinctCounter.FinePrecision, bounds.ExactSet);
        foreach (var set in sets)
            set.AddTo(union);
        return CountOf(union);
    }
}
