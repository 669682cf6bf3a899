namespace TelemetryKit.Core.Counters;

/// <summary>The union of sets of several rollups, which is updated when the sets have grown.</summary>
internal sealed class SetUnion
{
    private readonly List<(InstallSet Set, int Changes)> _added = [];
    private ulong[]? _bits;
    private DistinctCounter? _counter;
    private int _count;

    public long EstimatedBytes => 96 + (_added.Capacity * 16L) + ((_bits?.Length ?? 0) * 8L) + (_counter?.EstimatedBytes ?? 0);

    /// <summary>Counts the distinct installs in sets, in the order of the rollups.</summary>
    /// <param name="sets">The sets.</param>
    /// <param name="maps">The ranks in the union by index and rank; <c>null</c> if there are more installs than ranks.</param>
    /// <param name="bounds">The bounds of the union.</param>
    /// <param name="precision">The precision of an estimate; 0 if the count is exact.</param>
    public long Count(
        IReadOnlyList<InstallSet> sets, Dictionary<InstallIndex, ushort[]>? maps, RollupBounds bounds, out int precision)
    {
        if (!BeginsWithAdded(sets))
            Clear();
        if (maps is null)
        {
            var counter = _counter ??= new DistinctCounter(DistinctCounter.FinePrecision, bounds.ExactSet);
            AddChanged(sets, set => set.AddTo(counter));
            precision = counter.IsExact ? 0 : counter.Precision;
            return counter.Count;
        }

        var bits = _bits ??= InstallSet.NewBits();
        if (AddChanged(sets, set => set.AddTo(bits, maps[set.Index])))
            _count = InstallSet.CountOf(bits);
        precision = 0;
        return _count;
    }

    private bool BeginsWithAdded(IReadOnlyList<InstallSet> sets)
    {
        if (sets.Count < _added.Count)
            return false;
        for (var i = 0; i < _added.Count; i++)
        {
            if (!ReferenceEquals(_added[i].Set, sets[i]))
                return false;
        }

        return true;
    }

    private void Clear()
    {
        _added.Clear();
        _bits?.AsSpan().Clear();
        _counter = null;
    }

    /// <summary>Adds the sets that are new or have grown. Returns whether there are any.</summary>
    private bool AddChanged(IReadOnlyList<InstallSet> sets, Action<InstallSet> add)
    {
        var any = false;
        for (var i = 0; i < sets.Count; i++)
        {
            var set = sets[i];
            if (i < _added.Count && _added[i].Changes == set.Changes)
                continue;
            add(set);
            if (i < _added.Count)
                _added[i] = (set, set.Changes);
            else
                _added.Add((set, set.Changes));
            any = true;
        }

        return any;
    }
}
