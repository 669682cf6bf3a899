using System.Collections;

namespace TelemetryKit;

/// <summary>
/// What an event says beyond its name: up to 64 keys of at most 64 characters. Write it where you track:
/// <c>new() { ["target"] = "production", ["files"] = 12 }</c>. Never put personal data in it.
/// </summary>
/// <remarks>
/// What an event says by itself is among the 64 and comes first: its name, a metric's <c>value</c>, <c>kind</c> and <c>unit</c>, a message
/// and its <c>level</c>. A key that is the same as one of these, or empty, or over the 64, is left out.
///
/// A small array searched from the front: events carry a handful of keys, for which this is both faster and smaller than a
/// dictionary. An instance may be tracked more than once and changed in between, but not by two threads at once.
/// </remarks>
public sealed class TelemetryMetadata : IEnumerable<KeyValuePair<string, MetadataValue>>
{
    private MetadataEntry[]? _entries;
    private int _count;
    private bool _shared;

    /// <summary>How many keys there are.</summary>
    public int Count => _count;

    /// <summary>Reads or sets the value of a key; reading a key that is not there gives a null value.</summary>
    public MetadataValue this[string key]
    {
        get
        {
            var index = IndexOf(key);
            return index < 0 ? default : _entries![index].Value;
        }

        set
        {
            // Telemetry never throws into its host: a null key is nothing to record.
            if (key is null)
                return;
            var index = IndexOf(key);
            if (index < 0)
            {
                if (_count == Limits.MetadataKeys)
                    return;
                EnsureWritable(_count + 1);
                index = _count++;
            }
            else
            {
                EnsureWritable(_count);
            }

            _entries![index].Key = key;
            _entries[index].Value = value;
        }
    }

    /// <summary>Sets the value of a key, so that collection initialisers work too.</summary>
    public void Add(string key, MetadataValue value) => this[key] = value;

    /// <summary>Removes a key, if it is there.</summary>
    public bool Remove(string key)
    {
        var index = IndexOf(key);
        if (index < 0)
            return false;
        EnsureWritable(_count);
        Array.Copy(_entries!, index + 1, _entries!, index, --_count - index);
        _entries![_count] = default;
        return true;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, MetadataValue>> GetEnumerator()
    {
        for (var i = 0; i < _count; i++)
            yield return new(_entries![i].Key, _entries[i].Value);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The entries as they are now. They belong to the caller: a later change to this object copies them first.
    /// </summary>
    internal MetadataEntry[]? Snapshot(out int count)
    {
        _shared = true;
        count = _count;
        return _entries;
    }

    private int IndexOf(string key)
    {
        for (var i = 0; i < _count; i++)
        {
            if (string.Equals(_entries![i].Key, key, StringComparison.Ordinal))
                return i;
        }

        return -1;
    }

    private void EnsureWritable(int needed)
    {
        var size = _entries?.Length ?? 0;
        if (needed <= size && !_shared)
            return;
        // Two entries first: that is what a typical event carries. Then doubling.
        var entries = new MetadataEntry[needed <= 2 ? 2 : needed <= size ? size : Math.Max(needed, size * 2)];
        if (_entries is not null)
            Array.Copy(_entries, entries, _count);
        _entries = entries;
        _shared = false;
    }
}
