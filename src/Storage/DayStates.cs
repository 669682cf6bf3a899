using TelemetryKit.Grains.Projects;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Storage;

/// <summary>Puts the rows of a snapshot, ordered by day and each day's rollup first, together as days.</summary>
internal sealed class DayStates(Guid projectId, DataEnvironment environment)
{
    private readonly List<DayState> _days = [];
    private List<RollupDelta> _deltas = [];

    /// <summary>A rollup that the reader lacks.</summary>
    public void AddRollup(DateOnly day, long revision, ReadOnlyMemory<byte> data)
    {
        _deltas = [];
        _days.Add(new DayState(day, revision, Replaces: true, data, _deltas));
    }

    /// <summary>A delta that the reader lacks.</summary>
    public void AddDelta(DateOnly day, long revision, bool replaces, Guid id, ReadOnlyMemory<byte> data)
    {
        if (_days.Count == 0 || _days[^1].Day != day)
        {
            _deltas = [];
            _days.Add(new DayState(day, revision, replaces, null, _deltas));
        }

        _deltas.Add(new RollupDelta(id, projectId, environment, day, data));
    }

    /// <summary>The days in order.</summary>
    public IReadOnlyList<DayState> Build() => _days;
}
