using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// A cache of stored installs with a day on or before which each was first active, which avoids a look-up with every batch: only an
/// earlier day needs one. Entries belong to a generation of their project and environment, which changes if installs are deleted, so a
/// commit may use them only if it confirms that generation. The cache evicts in two halves: if the young one is full, the old one is
/// dropped. An eviction costs a look-up and never changes a count. Each commit loop has one, shared by its threads.
/// </summary>
internal sealed class KnownInstalls(int capacity = Limits.CachedInstalls / Limits.CommitLoops)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<InstallScope, (long Generation, int Epoch)> _scopes = [];
    private Dictionary<(InstallScope Scope, long Install), Entry> _young = [];
    private Dictionary<(InstallScope Scope, long Install), Entry> _old = [];
    private int _epochs;

    /// <summary>Returns the generation of the entries of a project and environment, or <c>null</c> if there are none.</summary>
    public long? GenerationOf(InstallScope scope)
    {
        lock (_gate)
            return _scopes.TryGetValue(scope, out var current) ? current.Generation : null;
    }

    /// <summary>
    /// Returns whether the install was first active on the day or earlier, as far as the generation is that of the store.
    /// </summary>
    public bool Covers(InstallScope scope, long generation, long install, DateOnly day)
    {
        lock (_gate)
        {
            if (!_scopes.TryGetValue(scope, out var current) || current.Generation != generation)
                return false;
            var key = (scope, install);
            if (!_young.TryGetValue(key, out var entry))
            {
                if (!_old.TryGetValue(key, out entry) || entry.Epoch != current.Epoch)
                    return false;
                Add(key, entry);
            }

            return entry.Epoch == current.Epoch && entry.FirstDay <= day.DayNumber;
        }
    }

    /// <summary>Adds an install that the store has, in a transaction that read the generation.</summary>
    /// <param name="scope">Its project and environment.</param>
    /// <param name="generation">The generation that the transaction read.</param>
    /// <param name="install">Its keyed hash.</param>
    /// <param name="day">A day on or before which it was first active.</param>
    public void Add(InstallScope scope, long generation, long install, DateOnly day)
    {
        lock (_gate)
        {
            if (!_scopes.TryGetValue(scope, out var current) || current.Generation < generation)
            {
                if (_scopes.Count >= capacity)
                    _scopes.Clear();
                _scopes[scope] = current = (generation, ++_epochs);
            }
            else if (current.Generation > generation)
                return; // Installs were deleted since.
            var key = (scope, install);
            if (_young.TryGetValue(key, out var entry) && entry.Epoch == current.Epoch && entry.FirstDay <= day.DayNumber)
                return;
            Add(key, new(day.DayNumber, current.Epoch));
        }
    }

    private void Add((InstallScope Scope, long Install) key, Entry entry)
    {
        if (_young.Count >= capacity / 2)
            (_old, _young) = (_young, []);
        _young[key] = entry;
    }

    // Epochs number the generations of all scopes, so that an entry has 8 bytes of value.
    private readonly record struct Entry(int FirstDay, int Epoch);
}
