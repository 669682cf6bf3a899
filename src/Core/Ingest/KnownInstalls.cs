namespace TelemetryKit.Core.Ingest;

/// <summary>
/// A cache of installs that are stored, which avoids a look-up with every batch. It has two generations: when the young one is full, the
/// old one is evicted. An eviction costs a look-up and never changes a count. Each commit loop has one, shared by its threads.
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
