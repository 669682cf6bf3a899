namespace TelemetryKit.Core.Ingest;

/// <summary>
/// Installs that are in the store for sure, so that it isn't asked about them with every batch. Two generations: when the young
/// one is full, the old one is forgotten. Forgetting costs a question, never a count. One for each commit loop, whose threads share it.
/// </summary>
internal sealed class KnownInstalls(int capacity = Limits.CachedInstalls / Limits.CommitLoops)
{
    private readonly Lock _gate = new();
    private HashSet<(Guid, DataEnvironment, long)> _young = [];
    private HashSet<(Guid, DataEnvironment, long)> _old = [];

    public bool Contains((Guid Project, DataEnvironment Environment, long Install) install)
    {
        lock (_gate)
        {
            if (_young.Contains(install))
                return true;
            if (!_old.Contains(install))
                return false;
            Add(install);
            return true;
        }
    }

    public void Add((Guid Project, DataEnvironment Environment, long Install) install)
    {
        lock (_gate)
        {
            if (_young.Count >= capacity / 2)
            {
                _old = _young;
                _young = [];
            }

            _young.Add(install);
        }
    }
}
