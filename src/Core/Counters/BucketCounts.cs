namespace TelemetryKit.Core.Counters;

/// <summary>
/// How often each small number (a bucket of a histogram, an hour of the day) occurred. Scattered numbers are kept as a sorted list; where they lie
/// close together it becomes an array over their range. Which of the two is not part of the content. A bucket stops at 4,294,967,295.
/// </summary>
internal sealed class BucketCounts
{
    private const int Scattered = 16;
    private const int Margin = 16;

    // As a list: bucket << 32 | count, ascending, the first _used of them.
    private ulong[]? _list = new ulong[1];

    // As an array: element i counts bucket _first + i.
    private uint[]? _range;
    private int _first;
    private int _used;

    /// <summary>Buckets that occurred.</summary>
    public int Used => _used;

    public long EstimatedBytes => 48 + ((_list?.Length ?? 0) * 8L) + ((_range?.Length ?? 0) * 4L);

    /// <summary>Iterates the buckets that occurred, ascending.</summary>
    public Enumerator GetEnumerator() => new(this);

    public void Add(int bucket, uint count = 1)
    {
        if (_range is null)
        {
            AddToList(bucket, count);
            return;
        }

        var at = bucket - _first;
        if ((uint)at >= (uint)_range.Length)
        {
            if (!Widen(bucket))
            {
                AddToList(bucket, count);
                return;
            }

            at = bucket - _first;
        }

        ref var slot = ref _range[at];
        if (slot == 0)
            _used++;
        slot = SaturatingAdd(slot, count);
    }

    public void MergeFrom(BucketCounts other)
    {
        if (_used == 0)
        {
            Take(other);
            return;
        }

        if (_range is null && other._used > 2)
        {
            MergeLists(other);
            return;
        }

        foreach (var (bucket, count) in other)
            Add(bucket, count);
    }

    /// <summary>Adds everything to <paramref name="counts"/>, whose element <c>i</c> counts bucket <c>i</c>.</summary>
    public void AddTo(Span<long> counts)
    {
        if (_range is null)
        {
            for (var i = 0; i < _used; i++)
                counts[(int)(_list![i] >> 32)] += (uint)_list[i];
            return;
        }

        // The margin of the range may reach past the last bucket there is.
        var n = Math.Min(_range.Length, counts.Length - _first);
        for (var i = 0; i < n; i++)
            counts[_first + i] += _range[i];
    }

    public BucketCounts Clone()
    {
        var copy = new BucketCounts();
        copy.Take(this);
        return copy;
    }

    /// <summary>Takes strictly ascending <c>bucket &lt;&lt; 32 | count</c>.</summary>
    public static BucketCounts FromList(ulong[] list)
    {
        var counts = new BucketCounts { _list = list, _used = list.Length };
        counts.Choose();
        return counts;
    }

    private void Take(BucketCounts other)
    {
        _list = other._list?.AsSpan(0, other._used).ToArray();
        _range = (uint[]?)other._range?.Clone();
        _first = other._first;
        _used = other._used;
    }

    private void AddToList(int bucket, uint count)
    {
        var at = Search(bucket);
        if (at >= 0)
        {
            ref var slot = ref _list![at];
            slot = Pack(bucket, SaturatingAdd((uint)slot, count));
            return;
        }

        at = ~at;
        if (_used == _list!.Length)
            Array.Resize(ref _list, Math.Max(4, _used * 2));
        if (at < _used)
            Array.Copy(_list, at, _list, at + 1, _used - at);
        _list[at] = Pack(bucket, count);
        _used++;
        Choose();
    }

    private int Search(int bucket)
    {
        int low = 0, high = _used - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = (int)(_list![middle] >> 32);
            if (found == bucket)
                return middle;
            if (found < bucket)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    private void MergeLists(BucketCounts other)
    {
        var merged = new ulong[_used + other._used];
        var n = 0;
        var i = 0;
        foreach (var (bucket, count) in other)
        {
            while (i < _used && (int)(_list![i] >> 32) < bucket)
                merged[n++] = _list[i++];
            if (i < _used && (int)(_list![i] >> 32) == bucket)
                merged[n++] = Pack(bucket, SaturatingAdd((uint)_list[i++], count));
            else
                merged[n++] = Pack(bucket, count);
        }

        while (i < _used)
            merged[n++] = _list![i++];
        _list = merged;
        _used = n;
        Choose();
    }

    /// <summary>A list becomes an array where that takes at most twice the memory: an array is counted into several times faster.</summary>
    private void Choose()
    {
        if (_used < Scattered)
            return;
        var lowest = (int)(_list![0] >> 32);
        var width = (int)(_list[_used - 1] >> 32) - lowest + 1;
        if (width > 4 * _used)
            return;
        var first = Math.Max(0, lowest - Margin);
        var range = new uint[lowest + width + Margin - first];
        for (var i = 0; i < _used; i++)
            range[(int)(_list[i] >> 32) - first] = (uint)_list[i];
        _range = range;
        _first = first;
        _list = null;
    }

    /// <summary>Makes the array reach a bucket; where it would be mostly empty, goes back to a list and answers false.</summary>
    private bool Widen(int bucket)
    {
        var first = Math.Min(_first, Math.Max(0, bucket - Margin));
        var end = Math.Max(_first + _range!.Length, bucket + 1 + Margin);
        if (end - first > 8 * _used)
        {
            var list = new ulong[_used + 1];
            var n = 0;
            foreach (var (used, count) in this)
                list[n++] = Pack(used, count);
            _list = list;
            _range = null;
            return false;
        }

        var range = new uint[end - first];
        _range.CopyTo(range, _first - first);
        _range = range;
        _first = first;
        return true;
    }

    private static ulong Pack(int bucket, uint count) => ((ulong)(uint)bucket << 32) | count;

    private static uint SaturatingAdd(uint a, uint b)
    {
        var sum = a + b;
        return sum < a ? uint.MaxValue : sum;
    }

    internal struct Enumerator(BucketCounts counts)
    {
        private int _at = -1;

        public readonly (int Bucket, uint Count) Current =>
            counts._range is { } range ? (counts._first + _at, range[_at]) : ((int)(counts._list![_at] >> 32), (uint)counts._list[_at]);

        public bool MoveNext()
        {
            if (counts._range is not { } range)
                return ++_at < counts._used;
            do
                _at++;
            while (_at < range.Length && range[_at] == 0);
            return _at < range.Length;
        }
    }
}
