using System.Globalization;

namespace TelemetryKit.Json;

/// <summary>Reads an event from the JSON in which it is stored.</summary>
internal static class EventReader
{
    public static bool TryRead(ArraySegment<byte> json, out TelemetryEvent read)
    {
        read = new();
        var members = JsonReader.TryReadObject(json.Array!, json.Offset, json.Count);
        if (members is null || !members.TryGetValue("event_type", out var type) || type is not string typeName)
            return false;

        read.Type = typeName;
        read.Id = Text(members, "event_id");
        read.UserId = Text(members, "user_id");
        read.SessionId = Text(members, "session_id");
        if (DateTimeOffset.TryParse(
            Text(members, "timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            read.Timestamp = time;
        if (members.TryGetValue("success", out var success))
            read.Success = success as bool?;
        if (members.TryGetValue("duration_ms", out var duration) && duration is not null)
            read.Duration = TimeSpan.FromMilliseconds(Convert.ToDouble(duration, CultureInfo.InvariantCulture));
        if (members.TryGetValue("metadata", out var metadata) && metadata is Dictionary<string, object?> values)
        {
            foreach (var value in values)
                read.Metadata[value.Key] = ToValue(value.Value);
        }

        return true;
    }

    private static string Text(Dictionary<string, object?> members, string name) =>
        members.TryGetValue(name, out var value) && value is string text ? text : "";

    private static MetadataValue ToValue(object? value) => value switch
    {
        string text => text,
        long integer => integer,
        double number => number,
        bool boolean => boolean,
        List<object?> items => ToArray(items),
        _ => default,
    };

    private static MetadataValue ToArray(List<object?> items)
    {
        if (items.TrueForAll(item => item is string or null))
            return items.ConvertAll(item => (string)item!).ToArray();
        if (items.TrueForAll(item => item is bool))
            return items.ConvertAll(item => (bool)item!).ToArray();
        if (items.TrueForAll(item => item is long))
            return items.ConvertAll(item => (long)item!).ToArray();
        return items.ConvertAll(item => item is long or double ? Convert.ToDouble(item, CultureInfo.InvariantCulture) : double.NaN)
            .ToArray();
    }
}
