using System.Buffers.Binary;
using Npgsql;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Reads the elements of one array column, which the query returns in the binary form of arrays (<c>array_send</c>). The driver's own
/// arrays have an object for each text, but the texts of a column repeat. The buffer is reused for all rows of a query.
/// </summary>
internal sealed class ArrayColumn
{
    // Dimensions, whether there are nulls, and the type of the elements; then the size and the lower bound of the only dimension.
    private const int HeaderBytes = 20;

    private byte[] _array = [];
    private int _next;
    private bool _isNull;
    private Range? _last;
    private string _lastText = "";

    /// <summary>Reads the array of the current row.</summary>
    public void Load(NpgsqlDataReader row, int column)
    {
        _isNull = row.IsDBNull(column);
        if (_isNull)
            return;
        var length = (int)row.GetBytes(column, 0, null, 0, 0);
        if (length > _array.Length)
            _array = new byte[length + (length / 4)];
        row.GetBytes(column, 0, _array, 0, length);
        _next = HeaderBytes;
        _last = null;
    }

    /// <summary>Moves to the next element. Returns false if it is null, or if the whole array is.</summary>
    public bool TryNext(out ReadOnlySpan<byte> element)
    {
        element = default;
        if (_isNull)
            return false;
        var length = BinaryPrimitives.ReadInt32BigEndian(_array.AsSpan(_next));
        _next += sizeof(int);
        if (length < 0)
            return false;
        element = _array.AsSpan(_next, length);
        _next += length;
        return true;
    }

    /// <summary>
    /// As <see cref="TryNext(out ReadOnlySpan{byte})"/>. <paramref name="repeats"/> is whether the former element that wasn't null is
    /// equal.
    /// </summary>
    public bool TryNext(out ReadOnlySpan<byte> element, out bool repeats)
    {
        repeats = false;
        if (!TryNext(out element))
            return false;
        repeats = _last is { } last && element.SequenceEqual(_array.AsSpan(last));
        _last = (_next - element.Length).._next;
        return true;
    }

    /// <summary>Returns the next element of a <c>text[]</c>. Frequent texts share one object.</summary>
    public string? NextText()
    {
        if (!TryNext(out var utf8, out var repeats))
            return null;
        if (!repeats)
            _lastText = StoredEvents.TextOf(utf8);
        return _lastText;
    }

    /// <summary>Returns the next element of a <c>bigint[]</c>, or 0 if it is null.</summary>
    public long NextLong() => TryNext(out var element) ? BinaryPrimitives.ReadInt64BigEndian(element) : 0;

    /// <summary>Returns the next element of a <c>real[]</c>, or NaN if it is null.</summary>
    public float NextFloat() => TryNext(out var element) ? BinaryPrimitives.ReadSingleBigEndian(element) : float.NaN;

    /// <summary>Returns the next element of a <c>boolean[]</c>.</summary>
    public bool? NextBoolean() => TryNext(out var element) ? element[0] != 0 : null;

    /// <summary>Returns the next element of a <c>uuid[]</c>, or zeros if it is null.</summary>
    public Guid NextGuid() => TryNext(out var element) ? new Guid(element, bigEndian: true) : Guid.Empty;
}
