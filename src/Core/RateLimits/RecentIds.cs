namespace TelemetryKit.Core.RateLimits;

/// <summary>A bounded set of ids. If it is full, those that were not added again recently are removed.</summary>
/// <param name="most">The maximum number of ids.</param>
internal sealed class RecentIds(int most)
{
    private readonly Lock _lock = new();
    private HashSet<UInt128> _recent = [];
    private HashSet<UInt128> _previous = [];

    public bool Contains(UInt128 id)
    {
        lock (_lock)
            return _recent.Contains(id) || _previous.Contains(id);
    }

    public void Add(UInt128 id)
    {
        lock (_lock)
        {
            if (_recent.Count >= most / 2 && !_recent.Contains(id))
                (_previous, _recent) = (_recent, []);
            _recent.Add(id);
        }
    }

    public void Remove(UInt128 id)
    {
        lock (_lock)
        {
            _recent.Remove(id);
            _previous.Remove(id);
        }
    }
}
