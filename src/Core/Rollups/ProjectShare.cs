namespace TelemetryKit.Core.Rollups;

/// <summary>How much each project has of something that all share, so that none takes what the others need as well.</summary>
/// <param name="most">What one project may have at once.</param>
public sealed class ProjectShare(int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, int> _taken = [];

    /// <summary>Takes one for a project. False where it has its share.</summary>
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

    /// <summary>Gives one back.</summary>
    public void GiveBack(Guid projectId)
    {
        lock (_lock)
        {
            if (--_taken[projectId] == 0)
                _taken.Remove(projectId);
        }
    }
}
