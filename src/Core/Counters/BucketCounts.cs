namespace TelemetryKit.Core.Counters;

/// <summary>
/// The counts of buckets: of a histogram, or of the hours of a day. Sparse buckets are kept as a sorted list, dense ones as an array over
/// their range. The representation is not part of the content. A count saturates at 4,294,967,295.
/// </summary>
internal sealed class BucketCounts
{
    private const int MinUsedForArray = 16;
    private const int Margin = 16;

    // The list: bucket << 32 | count, ascending. The first _used elements are valid.
    private ulong[]? _list = new ulong[1];

    // The array: element i is the count of bucket _first + i.
    private uint[]? _range;
    private int _first;
    private int _used;

    /// <summary>The number of buckets with a count above 0.</summary>
    public int Used => _used;

    public long EstimatedBytes => 48 + ((_list?.Length ?? 0) * 8L) + ((_range?.Length ?? 0) * 4L);

    /// <summary>Enumerates the buckets with a count above 0, ascending.</summary>
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
            if (!TryExtend(bucket))
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
            CopyFrom(other);
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

    /// <summary>Adds all counts to <paramref name="counts"/>, whose element <c>i</c> is the count of bucket <c>i</c>.</summary>
    public void AddTo(Span<long> counts)
    {
        if (_range is null)
        {
            for (var i = 0; i < _used; i++)
                counts[(int)(_list![i] >> 32)] += (uint)_list[i];
            return;
        }

        // The margin of the range may extend past the last bucket.
        var n = Math.Min(_range.Length, counts.Length - _first);
        for (var i = 0; i < n; i++)
            counts[_first + i] += _range[i];
    }

    public BucketCounts Clone()
    {
        var copy = new BucketCounts();
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>
    /// Creates counts from a list of <c>bucket &lt;&lt; 32 | count</c>, strictly ascending. Takes ownership of the array.
    /// </summary>
    public static BucketCounts FromList(ulong[] list)
    {
        var counts = new BucketCounts { _list = list, _used = list.Length };
        counts.UseArrayIfDense();
        return counts;
    }

    private void CopyFrom(BucketCounts other)
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
        UseArrayIfDense();
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
        UseArrayIfDense();
    }

    /// <summary>
    /// Converts the list to an array if that takes at most twice the memory: counting into an array is several times faster.
    /// </summary>
    private void UseArrayIfDense()
    {
        if (_used < MinUsedForArray)
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

    /// <summary>Extends the array to a bucket. If it would be mostly empty, converts it to a list and returns false.</summary>
    private bool TryExtend(int bucket)
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
            counts._range is { } range
                ? (counts._first + _at, range[_at])
                : ((int)(counts._list![_at] >> 32), (uint)counts._list[_at]);

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
