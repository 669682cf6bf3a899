using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats.Releases;

/// <summary>The installs of each version in the seven days up to each day, so that weekends don't matter.</summary>
internal sealed class ActiveVersions
{
    /// <summary>The days of a window.</summary>
    public const int WindowDays = 7;

    private readonly Dictionary<string, DateOnly> _half = [];
    private readonly Dictionary<string, List<(DateOnly Day, long Installs)>> _byDay = [];
    private readonly Dictionary<string, long> _now = [];

    /// <summary>Computes the windows of all days.</summary>
    /// <param name="tables">The events by version, from six days before the range.</param>
    /// <param name="everything">The events of all versions together.</param>
    /// <param name="query">The range.</param>
    /// <param name="versions">The versions, latest first.</param>
    public ActiveVersions(EventTables tables, EventTables everything, StatsQuery query, List<string> versions)
    {
        foreach (var version in versions)
            _byDay.Add(version, []);
        for (var day = query.From; day <= query.To; day = day.AddDays(1))
        {
            var first = day.AddDays(1 - WindowDays);
            AddDay(tables.Merge(first, day), everything.Sum(first, day).Installs.Count, day, versions, isLast: day == query.To);
        }
    }

    /// <summary>The installs in the last window, of any version.</summary>
    public long All { get; private set; }

    /// <summary>The latest version such that at least half of <see cref="All"/> used it or a later one.</summary>
    public string? HalfVersion { get; private set; }

    /// <summary>Returns the installs of a version in the last window.</summary>
    public long InstallsOf(string version) => _now.GetValueOrDefault(version);

    /// <summary>Returns the first day with half of the installs on the version or a later one, or <c>null</c>.</summary>
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

    private void AddDay(MergedGroups window, long all, DateOnly day, List<string> versions, bool isLast)
    {
        var later = InstallBuilder.NewCounter();
        foreach (var version in versions)
        {
            var installs = window.Groups.TryGetValue(new(version), out var totals) ? totals.Installs.Count : 0;
            _byDay[version].Add((day, installs));
            if (totals is not null)
                later.MergeFrom(totals.Installs);
            // Only versions in use can be what half of the installs have moved to.
            if (installs > 0 && later.Count * 2 >= all)
                _half.TryAdd(version, day);
            if (!isLast)
                continue;
            _now[version] = installs;
            if (installs > 0 && HalfVersion is null && later.Count * 2 >= all)
                HalfVersion = version;
        }

        if (isLast)
            All = all;
    }
}
