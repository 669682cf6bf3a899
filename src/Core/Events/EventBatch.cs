namespace TelemetryKit.Core.Events;

/// <summary>
/// Events as columns: element <c>i</c> of each column belongs to event <c>i</c>. This is the one form events have between
/// the parser, the counters and the store, in both directions; there is no object for an event.
/// Instances are reused (<see cref="Clear"/>); columns are longer than <see cref="Count"/>.
/// </summary>
public sealed class EventBatch
{
    private byte[] _metadata = [];
    private int _metadataLength;
    private int[] _metadataStart = [];
    private int[] _metadataEnd = [];
    private int[] _valueStart = [0];
    private int _valueCount;

    /// <summary>Makes a batch with room for <paramref name="capacity"/> events; it grows as needed.</summary>
    public EventBatch(int capacity = 128) => Grow(Math.Max(capacity, 1));

    /// <summary>Events in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>The sender's id of the event, or one of ours.</summary>
    public Guid[] EventId { get; private set; } = [];

    /// <summary>When it happened, corrected for the client's clock: microseconds since 1970-01-01 UTC.</summary>
    public long[] Timestamp { get; private set; } = [];

    /// <summary>The event type, such as <c>command_executed</c>.</summary>
    public string[] Type { get; private set; } = [];

    /// <summary>The named thing it is about; <c>null</c> where it has none.</summary>
    public string?[] Subject { get; private set; } = [];

    /// <summary>Keyed hash of <c>user_id</c>; 0 where none was sent.</summary>
    public long[] Install { get; private set; } = [];

    /// <summary>Keyed hash of <c>session_id</c>; 0 where none was sent.</summary>
    public long[] Session { get; private set; } = [];

    /// <summary>The tool's version; <c>null</c> where unknown.</summary>
    public string?[] Version { get; private set; } = [];

    /// <summary>Whether it succeeded; <c>null</c> where it didn't say.</summary>
    public bool?[] Success { get; private set; } = [];

    /// <summary>How long it took in milliseconds; NaN where it didn't say.</summary>
    public float[] DurationMs { get; private set; } = [];

    /// <summary>Where it happened.</summary>
    public EventContext[] Context { get; private set; } = [];

    /// <summary>The keys of counted metadata values; see <see cref="ValuesOf"/>.</summary>
    public string[] ValueKey { get; private set; } = [];

    /// <summary>The counted metadata values beside <see cref="ValueKey"/>.</summary>
    public string[] Value { get; private set; } = [];

    /// <summary>
    /// Bytes this batch holds on to, for the byte budget: an upper bound, as if none of its texts were shared. Each counted value
    /// is a part of the metadata and a
    /// string of twice its bytes beside it.
    /// </summary>
    public long Bytes => (_metadataLength * 3L) + (Count * 160L) + (_valueCount * 40L);

    /// <summary>The scrubbed metadata of event <paramref name="index"/> as compact UTF-8 JSON; empty where it has none.</summary>
    public ReadOnlyMemory<byte> Metadata(int index) =>
        _metadata.AsMemory(_metadataStart[index], _metadataEnd[index] - _metadataStart[index]);

    /// <summary>
    /// The range of <see cref="ValueKey"/> and <see cref="Value"/> that belongs to event <paramref name="index"/>.
    /// </summary>
    public Range ValuesOf(int index) => _valueStart[index].._valueStart[index + 1];

    /// <summary>
    /// Appends an event and returns its index. Metadata and values appended before it, since the last event, become its own.
    /// </summary>
    public int Add(
        Guid eventId, long timestamp, string type, string? subject, long install, long session,
        string? version, bool? success, float durationMs, EventContext context)
    {
        if (Count == EventId.Length)
            Grow(Count * 2);
        var i = Count++;
        EventId[i] = eventId;
        Timestamp[i] = timestamp;
        Type[i] = type;
        Subject[i] = subject;
        Install[i] = install;
        Session[i] = session;
        Version[i] = version;
        Success[i] = success;
        DurationMs[i] = durationMs;
        Context[i] = context;
        _metadataStart[i] = i == 0 ? 0 : _metadataEnd[i - 1];
        _metadataEnd[i] = _metadataLength;
        _valueStart[i + 1] = _valueCount;
        return i;
    }

    /// <summary>Appends metadata JSON for the event that <see cref="Add"/> adds next.</summary>
    public void AppendMetadata(ReadOnlySpan<byte> utf8)
    {
        if (_metadataLength + utf8.Length > _metadata.Length)
            Array.Resize(ref _metadata, Math.Max(_metadataLength + utf8.Length, Math.Max(4_096, _metadata.Length * 2)));
        utf8.CopyTo(_metadata.AsSpan(_metadataLength));
        _metadataLength += utf8.Length;
    }

    /// <summary>Appends a metadata value that is counted, for the event that <see cref="Add"/> adds next.</summary>
    public void AppendValue(string key, string value)
    {
        if (_valueCount == ValueKey.Length)
        {
            var size = Math.Max(256, _valueCount * 2);
            ValueKey = Resized(ValueKey, size);
            Value = Resized(Value, size);
        }

        ValueKey[_valueCount] = key;
        Value[_valueCount++] = value;
    }

    /// <summary>
    /// The range of <see cref="ValueKey"/> and <see cref="Value"/> appended for the event that <see cref="Add"/> adds next.
    /// </summary>
    public Range AppendedValues => _valueStart[Count].._valueCount;

    /// <summary>Takes back metadata and values appended since the last event: their event was refused.</summary>
    public void DiscardAppended()
    {
        _metadataLength = Count == 0 ? 0 : _metadataEnd[Count - 1];
        _valueCount = _valueStart[Count];
    }

    /// <summary>Appends event <paramref name="index"/> of another batch.</summary>
    public void CopyFrom(EventBatch other, int index)
    {
        AppendMetadata(other.Metadata(index).Span);
        var (start, length) = other.ValuesOf(index).GetOffsetAndLength(other._valueCount);
        for (var v = start; v < start + length; v++)
            AppendValue(other.ValueKey[v], other.Value[v]);
        Add(
            other.EventId[index], other.Timestamp[index], other.Type[index], other.Subject[index], other.Install[index], other.Session[index],
            other.Version[index], other.Success[index], other.DurationMs[index], other.Context[index]);
    }

    /// <summary>Takes events out, by their ascending places; the others keep their order.</summary>
    public void Remove(ReadOnlySpan<int> places)
    {
        if (places.IsEmpty)
            return;
        var (to, next) = (places[0], 0);
        for (var from = to; from < Count; from++)
        {
            if (next < places.Length && places[next] == from)
                next++;
            else
                Move(from, to++);
        }

        Truncate(to);
    }

    /// <summary>Keeps the first <paramref name="count"/> events and forgets the rest.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        Count = count;
        DiscardAppended();
    }

    /// <summary>
    /// Empties the batch for reuse. It lets go of the texts it held and of unusually large buffers, so one big batch doesn't stay
    /// for ever.
    /// </summary>
    public void Clear()
    {
        Array.Clear(Subject, 0, Count);
        Array.Clear(ValueKey, 0, _valueCount);
        Array.Clear(Value, 0, _valueCount);
        Truncate(0);
        if (_metadata.Length > 1024 * 1024)
            _metadata = [];
        if (Value.Length > 16 * 1024)
            ValueKey = Value = [];
    }

    private void Move(int from, int to)
    {
        EventId[to] = EventId[from];
        Timestamp[to] = Timestamp[from];
        Type[to] = Type[from];
        Subject[to] = Subject[from];
        Install[to] = Install[from];
        Session[to] = Session[from];
        Version[to] = Version[from];
        Success[to] = Success[from];
        DurationMs[to] = DurationMs[from];
        Context[to] = Context[from];
        var metadata = Metadata(from).Span;
        _metadataStart[to] = to == 0 ? 0 : _metadataEnd[to - 1];
        _metadataEnd[to] = _metadataStart[to] + metadata.Length;
        metadata.CopyTo(_metadata.AsSpan(_metadataStart[to]));
        var (values, end) = (_valueStart[from], _valueStart[from + 1]);
        Array.Copy(ValueKey, values, ValueKey, _valueStart[to], end - values);
        Array.Copy(Value, values, Value, _valueStart[to], end - values);
        _valueStart[to + 1] = _valueStart[to] + end - values;
    }

    private void Grow(int capacity)
    {
        EventId = Resized(EventId, capacity);
        Timestamp = Resized(Timestamp, capacity);
        Type = Resized(Type, capacity);
        Subject = Resized(Subject, capacity);
        Install = Resized(Install, capacity);
        Session = Resized(Session, capacity);
        Version = Resized(Version, capacity);
        Success = Resized(Success, capacity);
        DurationMs = Resized(DurationMs, capacity);
        Context = Resized(Context, capacity);
        Array.Resize(ref _metadataStart, capacity);
        Array.Resize(ref _metadataEnd, capacity);
        Array.Resize(ref _valueStart, capacity + 1);
    }

    private static T[] Resized<T>(T[] array, int size)
    {
        Array.Resize(ref array, size);
        return array;
    }
}
