using System.Globalization;
using System.Text;
using TelemetryKit.Json;

namespace TelemetryKit;

/// <summary>A batch of events with their common properties, as it is passed to a backend.</summary>
public sealed class TelemetryBatch
{
    private readonly string _head;
    private readonly List<ArraySegment<byte>> _events = [];
    private readonly Dictionary<string, long> _dropped = new(StringComparer.Ordinal);
    private Dictionary<string, object?>? _headMembers;
    private List<TelemetryEvent>? _parsed;

    private static readonly byte[] UserIdMember = Encoding.ASCII.GetBytes(",\"user_id\":\"");

    /// <summary>Creates the batch without events of an id that was forgotten.</summary>
    /// <param name="queued">The batch.</param>
    /// <param name="userId">The id whose events are wanted; null if there is none.</param>
    /// <param name="isAnyId">Whether events of all ids are wanted.</param>
    internal TelemetryBatch(QueuedBatch queued, string? userId, bool isAnyId)
        : this(
            queued.Id, queued.CreatedAt, queued.Head, queued.Lines, queued.Lines.Length,
            isAnyId ? null : line => IsOf(line, userId))
    {
    }

    internal TelemetryBatch(
        Guid id, DateTimeOffset createdAt, string head, byte[] lines, int length, Func<ArraySegment<byte>, bool>? isWanted = null)
    {
        Id = id;
        CreatedAt = createdAt;
        _head = head;
        for (int start = 0, end; start < length; start = end + 1)
        {
            end = Array.IndexOf(lines, (byte)'\n', start, length - start);
            if (end < 0)
                end = length;
            if (end == start)
                continue;
            if (lines[start] == '!')
                AddDropped(JsonReader.TryReadObject(lines, start + 1, end - start - 1));
            else if (new ArraySegment<byte>(lines, start, end - start) is var line && isWanted?.Invoke(line) != false)
                _events.Add(line);
        }
    }

    /// <summary>A version 7 UUID that is the same on every attempt, so that a server can count the batch once.</summary>
    public Guid Id { get; }

    /// <summary>When the batch was created.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>The number of events; 0 for a batch that contains only <see cref="Dropped"/>.</summary>
    public int Count => _events.Count;

    /// <summary>The tool's name.</summary>
    public string ServiceName => Member("service_name") as string ?? "";

    /// <summary>The tool's version; empty if it has none.</summary>
    public string ServiceVersion => Member("service_version") as string ?? "";

    /// <summary>The SDK and its version, such as <c>dotnet/1.0.0</c>.</summary>
    public string Sdk => Member("sdk") as string ?? "";

    /// <summary>The tool's environment (os, arch, runtime and so on), as strings, integers and booleans.</summary>
    public IReadOnlyDictionary<string, object?> Context =>
        Member("context") as Dictionary<string, object?> ?? [];

    /// <summary>The number of events that were dropped on this machine since the last report, by reason.</summary>
    public IReadOnlyDictionary<string, long> Dropped => _dropped;

    /// <summary>The events. They are parsed on first use.</summary>
    public IReadOnlyList<TelemetryEvent> Events => _parsed ??= Parse();

    /// <summary>Returns the body of <c>POST /v1/events</c>.</summary>
    /// <param name="sentAt">The time of the attempt.</param>
    public byte[] ToJson(DateTimeOffset sentAt)
    {
        var json = new Utf8Buffer();
        json.Ascii("{\"batch_id\":\"");
        json.Ascii(Id.ToString("D", CultureInfo.InvariantCulture));
        json.Ascii("\",\"sent_at\":");
        json.Time(sentAt.UtcTicks);
        json.Byte((byte)',');
        json.Text(_head, 1, _head.Length - 2);
        WriteDropped(json);
        json.Ascii(",\"events\":[");
        for (var i = 0; i < _events.Count; i++)
        {
            if (i > 0)
                json.Byte((byte)',');
            json.Append(_events[i].Array!, _events[i].Offset, _events[i].Count);
        }

        json.Ascii("]}");
        return json.ToArray();
    }

    /// <summary>Returns the type of each event.</summary>
    internal IEnumerable<string> EventTypes()
    {
        foreach (var line in _events)
        {
            if (JsonReader.TryReadObject(line.Array!, line.Offset, line.Count) is { } members
                && members.TryGetValue("event_type", out var type) && type is string text)
                yield return text;
        }
    }

    /// <summary>Returns whether an event is of a user. The SDK writes the id before everything that the tool or its user chose.</summary>
    private static bool IsOf(ArraySegment<byte> line, string? userId)
    {
        var bytes = line.Array!;
        var end = line.Offset + line.Count;
        for (var start = line.Offset; start + UserIdMember.Length <= end; start++)
        {
            if (!IsAt(bytes, start, UserIdMember))
                continue;
            start += UserIdMember.Length;
            if (userId is null || end - start <= userId.Length || bytes[start + userId.Length] != '"')
                return false;
            for (var i = 0; i < userId.Length; i++)
            {
                if (bytes[start + i] != userId[i])
                    return false;
            }

            return true;
        }

        // No event of this SDK.
        return true;
    }

    private static bool IsAt(byte[] bytes, int start, byte[] expected)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (bytes[start + i] != expected[i])
                return false;
        }

        return true;
    }

    private void WriteDropped(Utf8Buffer json)
    {
        if (_dropped.Count == 0)
            return;
        var separator = ",\"dropped\":{";
        foreach (var reason in _dropped)
        {
            json.Ascii(separator);
            json.String(reason.Key);
            json.Byte((byte)':');
            json.Integer(reason.Value);
            separator = ",";
        }

        json.Byte((byte)'}');
    }

    private void AddDropped(Dictionary<string, object?>? counts)
    {
        if (counts is null)
            return;
        foreach (var count in counts)
        {
            _dropped.TryGetValue(count.Key, out var before);
            _dropped[count.Key] = before + (count.Value as long? ?? 0);
        }
    }

    private object? Member(string name) =>
        (_headMembers ??= JsonReader.TryReadObject(_head) ?? []).TryGetValue(name, out var value) ? value : null;

    private List<TelemetryEvent> Parse()
    {
        var events = new List<TelemetryEvent>(_events.Count);
        foreach (var line in _events)
        {
            if (EventReader.TryRead(line, out var read))
                events.Add(read);
        }

        return events;
    }
}
