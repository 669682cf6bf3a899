namespace TelemetryKit.Core.Counters;

/// <summary>
/// What was computed of the installs of ranges, by the identity of their rollups: a range with another rollup is another range. Contains
/// the latest ranges up to <see cref="Limits.CachedInstallBytes"/>. Not thread-safe.
/// </summary>
internal sealed class RangeInstallsCache
{
    private const int MaxRanges = 128;

    // In order of use, the latest last.
    private readonly List<RangeInstalls> _ranges = [];

    public int Count => _ranges.Count;

    public long EstimatedBytes => _ranges.Sum(range => range.EstimatedBytes);

    /// <summary>Returns the installs of rollups.</summary>
    public RangeInstalls Of(IReadOnlyList<Rollup> rollups)
    {
        // One rollup needs no union.
        if (rollups.Count <= 1)
            return new RangeInstalls(rollups);
        var at = _ranges.FindIndex(range => AreSame(range.Rollups, rollups));
        var found = at < 0 ? new RangeInstalls(rollups) : _ranges[at];
        if (at >= 0)
        {
            _ranges.RemoveAt(at);
            found.Update();
        }

        _ranges.Add(found);
        return found;
    }

    /// <summary>
    /// Replaces a rollup, by nothing if it was unloaded. Usually its deltas were folded, so that the other one has the same installs: then
    /// the union remains.
    /// </summary>
    public void Replace(Rollup rollup, Rollup? by)
    {
        if (by is null || !by.Installs.Contains(rollup.Installs))
        {
            _ranges.RemoveAll(range => range.Rollups.Contains(rollup));
            return;
        }

        foreach (var range in _ranges)
        {
            if (range.Rollups.Contains(rollup))
                range.Replace(rollup, by);
        }
    }

    /// <summary>Removes the ranges that weren't used for the longest time, if there are too many.</summary>
    public void Trim()
    {
        var bytes = 0L;
        for (var at = _ranges.Count - 1; at >= 0; at--)
        {
            bytes += _ranges[at].EstimatedBytes;
            if (bytes <= Limits.CachedInstallBytes && _ranges.Count - at <= MaxRanges)
                continue;
            _ranges.RemoveRange(0, at + 1);
            return;
        }
    }

    private static bool AreSame(ReadOnlySpan<Rollup> one, IReadOnlyList<Rollup> two)
    {
        if (one.Length != two.Count)
            return false;
        for (var i = 0; i < one.Length; i++)
        {
            if (!ReferenceEquals(one[i], two[i]))
                return false;
        }

        return true;
    }
}
