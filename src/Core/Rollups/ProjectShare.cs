using System.Diagnostics;

namespace TelemetryKit.Core.Rollups;

/// <summary>Limits each project's share of a resource, so that no project uses it up.</summary>
/// <param name="most">The maximum number that one project may hold at once.</param>
public sealed class ProjectShare(int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, int> _taken = [];

    /// <summary>Reserves one for a project. Returns false if the project holds the maximum.</summary>
    public bool TryTake(Guid projectId)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(projectId);
            if (taken < most)
                _taken[projectId] = taken + 1;
            return taken < most;
        }
    }

    /// <summary>Releases one that was reserved.</summary>
    public void GiveBack(Guid projectId)
    {
        lock (_lock)
        {
            Debug.Assert(_taken.ContainsKey(projectId), "More are released than were reserved.");
            if (--_taken[projectId] == 0)
                _taken.Remove(projectId);
        }
    }
}
