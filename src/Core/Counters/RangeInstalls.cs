using System.Runtime.InteropServices;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// The distinct installs and sessions of the rollups of a range, and the unions of their sets that were counted before. Sets only grow, and
/// adding an element twice changes nothing. So after a change of a rollup, only the sets that changed are added again. Not thread-safe.
/// </summary>
internal sealed class RangeInstalls(IReadOnlyList<Rollup> of)
{
    // Of a list with more values, the others are counted without keeping their unions.
    private const int MaxUnions = 128;

    private readonly Rollup[] _rollups = [.. of];
    private readonly Dictionary<InstallIndex, ushort[]> _maps = [];
    private readonly Dictionary<InstallSet, SetUnion> _unions = [];
    private readonly long[] _sessionsAt = new long[of.Count];
    private InstallIndex? _index;
    private DistinctCounter? _sessions;

    public ReadOnlySpan<Rollup> Rollups => _rollups;

    public long EstimatedBytes =>
        256 + (_index?.EstimatedBytes ?? 0) + _maps.Values.Sum(map => 64 + (map.Length * 2L))
        + _unions.Values.Sum(union => union.EstimatedBytes);

    /// <summary>Counts the distinct installs in sets of the rollups.</summary>
    /// <param name="sets">The sets, in the order of the rollups.</param>
    /// <param name="precision">The precision of an estimate; 0 if the count is exact.</param>
    public long Count(IReadOnlyList<InstallSet> sets, out int precision)
    {
        if (sets.Count == 0)
        {
            precision = 0;
            return 0;
        }

        if (_rollups.Length == 1 && sets.Count == 1)
            return CountOf(sets[0], out precision);
        var index = _index ?? Update();
        return UnionOf(sets).Count(sets, index.IsOverflowed ? null : _maps, index.Bounds, out precision);
    }

    /// <summary>Returns the distinct sessions.</summary>
    public DistinctCounter Sessions()
    {
        if (_sessions is null)
            Array.Clear(_sessionsAt);
        var sessions = _sessions ??= new DistinctCounter(DistinctCounter.FinePrecision, Limits.ExactSetSize);
        for (var i = 0; i < _rollups.Length; i++)
        {
            // Each session comes with an event.
            if (_sessionsAt[i] == _rollups[i].Events)
                continue;
            sessions.MergeFrom(_rollups[i].Sessions);
            _sessionsAt[i] = _rollups[i].Events;
        }

        return sessions;
    }

    /// <summary>Adds the installs that the rollups have in addition since the last call.</summary>
    public InstallIndex Update()
    {
        var index = _index ??= NewIndex();
        foreach (var rollup in _rollups)
        {
            if (index.IsOverflowed)
                break;
            AddTo(index, rollup.Installs);
        }

        return index;
    }

    /// <summary>Replaces a rollup by one that has all of its installs, and perhaps more.</summary>
    public void Replace(Rollup rollup, Rollup by)
    {
       _rollups[Array.IndexOf(_rollups, rollup)] = by;
        _maps.Remove(rollup.Installs);
        _unions.Clear();
        _sessions = null;
    }

    private static long CountOf(InstallSet set, out int precision)
    {
        precision = set.Sketch is { IsExact: false } sketch ? sketch.Precision : 0;
        return set.Count;
    }

    private SetUnion UnionOf(IReadOnlyList<InstallSet> sets)
    {
        if (_unions.TryGetValue(sets[0], out var union))
            return union;
        union = new SetUnion();
        if (_unions.Count < MaxUnions)
            _unions.Add(sets[0], union);
        return union;
    }

    private InstallIndex NewIndex()
    {
        var index = new InstallIndex(_rollups[0].Installs.Bounds);
        index.Reserve(_rollups.Sum(rollup => (long)rollup.Installs.Count));
        return index;
    }

    private void AddTo(InstallIndex index, InstallIndex installs)
    {
        ref var map = ref CollectionsMarshal.GetValueRefOrAddDefault(_maps, installs, out _);
        if (map?.Length == installs.Count && !installs.IsOverflowed)
            return;
        map = index.Extend(installs, map ?? []);
        if (!index.IsOverflowed)
            return;
        _maps.Clear();
        _unions.Clear();
        index.Release();
    }
}
