using System.Collections;

namespace TelemetryKit;

/// <summary>
/// Data that is recorded with an event: up to 64 keys of at most 64 characters, as in
/// <c>new() { ["target"] = "production", ["files"] = 12 }</c>. Never put personal data in it.
/// </summary>
/// <remarks>
/// The event's own data is part of the 64 keys and is written first: its name; the <c>value</c>, <c>kind</c> and <c>unit</c> of a metric;
/// a message and its <c>level</c>. A key that equals one of these, is empty or exceeds the limit is ignored.
///
/// An array with linear search: for the few keys of a typical event it is both faster and smaller than a dictionary. An instance may be
/// tracked several times and changed in between, but must not be used by several threads at the same time.
/// </remarks>
public sealed class TelemetryMetadata : IEnumerable<KeyValuePair<string, MetadataValue>>
{
    private MetadataEntry[]? _entries;
    private int _count;
    private bool _shared;

    /// <summary>The number of keys.</summary>
    public int Count => _count;

    /// <summary>Gets or sets the value of a key. The value of a missing key is null.</summary>
    public MetadataValue this[string key]
    {
        get
        {
            var index = IndexOf(key);
            return index < 0 ? default : _entries![index].Value;
        }

        set
        {
            // Telemetry must not throw into its host, so a null key is ignored.
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

    /// <summary>Sets the value of a key. Exists for collection initializers.</summary>
    public void Add(string key, MetadataValue value) => this[key] = value;

    /// <summary>Removes a key. Returns false if it does not exist.</summary>
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

    /// <summary>Returns the current entries. They are never changed: a later change to this object copies them first.</summary>
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
        // A typical event has two entries. Beyond that, double the capacity.
        var entries = new MetadataEntry[needed <= 2 ? 2 : needed <= size ? size : Math.Max(needed, size * 2)];
        if (_entries is not null)
            Array.Copy(_entries, entries, _count);
        _entries = entries;
        _shared = false;
    }
}
