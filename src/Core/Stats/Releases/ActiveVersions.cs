using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats.Releases;

/// <summary>The installs of each version in the seven days up to each day, so that weekends don't matter.</summary>
internal sealed class ActiveVersions
{
    /// <summary>The days of a window.</summary>
    public const int WindowDays = 7;

    private readonly Dictionary<string, int> _ranks;
    private readonly Dictionary<string, DateOnly> _half = [];
    private readonly HashSet<string> _isHalfUnknown = [];
    private readonly Dictionary<string, List<(DateOnly Day, long Installs)>> _byDay;

    /// <summary>Computes the windows of all days.</summary>
    /// <param name="tables">The events by version, from six days before the range.</param>
    /// <param name="everything">The events of all versions together.</param>
    /// <param name="query">The range.</param>
    /// <param name="ordered">All versions in the windows, latest first.</param>
    /// <param name="compared">The versions of which the figures are kept for each day.</param>
    public ActiveVersions(
        EventTables tables, EventTables everything, StatsQuery query, IReadOnlyList<string> ordered, IEnumerable<string> compared)
    {
        _ranks = ordered.Select((version, rank) => (version, rank)).ToDictionary(version => version.version, version => version.rank);
        _byDay = compared.ToDictionary(version => version, _ => new List<(DateOnly, long)>());
        for (var day = query.From; day <= query.To; day = day.AddDays(1))
        {
            var first = day.AddDays(1 - WindowDays);
            All = everything.Sum(first, day);
            var window = tables.Merge(first, day);
            var half = HalfOf(window, All.Installs.Count);
            AddDay(window, day, half);
            HalfVersion = window.Floor > 0 ? null : half;
        }
    }

    /// <summary>The events in the last window, of any version.</summary>
    public GroupTotals All { get; } = new();

    /// <summary>
    /// The latest version such that at least half of the installs in the last window used it or a later one; <c>null</c> if there is none
    /// or if a version may be missing.
    /// </summary>
    public string? HalfVersion { get; }

    /// <summary>Returns the installs of a version in the last window.</summary>
    public long InstallsOf(string version) => _byDay[version][^1].Installs;

    /// <summary>
    /// Returns the first day with half of the installs on the version or a later one; <c>null</c> if there is none or if it isn't known.
    /// </summary>
    public DateOnly? DayOfHalf(string version) => _half.TryGetValue(version, out var day) ? day : null;

    /// <summary>Returns the days from the peak of a version to the first day with at most half of it, or <c>null</c>.</summary>
    public int? HalfLifeOf(string version)
    {
        var days = _byDay[version];
        var peak = days.MaxBy(day => day.Installs);
        if (peak.Installs == 0)
            return null;
        foreach (var (day, installs) in days)
        {
            if (day > peak.Day && installs * 2 <= peak.Installs)
                return day.DayNumber - peak.Day.DayNumber;
        }

        return null;
    }

    /// <summary>
    /// Returns the latest version such that at least half of the installs used it or a later one. If versions are missing, it may be a
    /// later one.
    /// </summary>
    private string? HalfOf(MergedGroups window, long all)
    {
        var later = InstallBuilder.NewCounter();
        foreach (var (key, totals) in window.Groups
            .Where(group => group.Key.First is { } version && _ranks.ContainsKey(version)).OrderBy(group => _ranks[group.Key.First!]))
        {
            later.MergeFrom(totals.Installs);
            // Only versions in use can be what half of the installs have moved to.
            if (totals.Installs.Count > 0 && later.Count * 2 >= all)
                return key.First;
        }

        return null;
    }

    private void AddDay(MergedGroups window, DateOnly day, string? half)
    {
        foreach (var (version, days) in _byDay)
        {
            var installs = window.Groups.TryGetValue(new(version), out var totals) ? totals.Installs.Count : 0;
            days.Add((day, installs));
            if (installs > 0 && half is not null && _ranks[version] >= _ranks[half] && !_isHalfUnknown.Contains(version))
                _half.TryAdd(version, day);
            else if (window.Floor > 0 && !_half.ContainsKey(version))
                _isHalfUnknown.Add(version);
        }
    }
}
