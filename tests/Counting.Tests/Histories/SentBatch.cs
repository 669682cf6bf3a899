using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TelemetryKit.Counting.Tests.Histories;

/// <summary>An event as a client sends it.</summary>
public sealed record SentEvent(string Type)
{
    /// <summary>The <c>event_id</c>; <c>null</c> if it is not sent.</summary>
    public string? Id { get; init; }

    /// <summary>The <c>timestamp</c>; <c>null</c> if it is not sent.</summary>
    public DateTimeOffset? At { get; init; }

    public string? User { get; init; }

    public string? Session { get; init; }

    public bool? Success { get; init; }

    public double? DurationMs { get; init; }

    public string? Subject { get; init; }

    /// <summary>The <c>service_version</c>; it counts if the batch has none.</summary>
    public string? Version { get; init; }

    /// <summary>Whether <c>success</c> and <c>duration_ms</c> are sent in the metadata.</summary>
    public bool FieldsInMetadata { get; init; }

    /// <summary>The metadata beside the subject: keys and JSON values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>The metadata key of the subject of an event type, as the protocol defines it.</summary>
    public string SubjectKey => Type switch
    {
        "command_executed" => "command",
        "feature_used" => "feature",
        "method_called" => "method",
        "component_rendered" => "component",
        _ => "name",
    };

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteText(json, "event_id", Id);
        json.WriteString("event_type", Type);
        WriteText(json, "timestamp", At is { } at ? at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) : null);
        WriteText(json, "user_id", User);
        WriteText(json, "session_id", Session);
        WriteText(json, "service_version", Version);
        if (!FieldsInMetadata)
            WriteFields(json);
        if (Subject is not null || Metadata.Count > 0 || FieldsInMetadata)
            WriteMetadata(json);
        json.WriteEndObject();
    }

    public override string ToString()
    {
        var text = new StringBuilder(Type);
        Append("", Subject);
        Append("id=", Id);
        Append("user=", User);
        Append("session=", Session);
        Append("version=", Version);
        Append("success=", Success?.ToString().ToLowerInvariant());
        Append("ms=", DurationMs?.ToString("R", CultureInfo.InvariantCulture));
        foreach (var (key, value) in Metadata)
            Append($"meta.{key}=", value);
        Append("at ", At?.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        return text.ToString();

        void Append(string name, string? value)
        {
            if (value is not null)
                text.Append(' ').Append(name).Append(Printed.Text(value));
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private void WriteFields(Utf8JsonWriter json)
    {
        if (Success is { } success)
            json.WriteBoolean("success", success);
        if (DurationMs is { } duration)
            json.WriteNumber("duration_ms", duration);
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        json.WriteStartObject("metadata");
        WriteText(json, SubjectKey, Subject);
        if (FieldsInMetadata)
            WriteFields(json);
        foreach (var (key, value) in Metadata)
        {
            json.WritePropertyName(key);
            json.WriteRawValue(value);
        }

        json.WriteEndObject();
    }
}

/// <summary>The machine that sends a batch: its <c>context</c>.</summary>
public sealed record Machine(string? Os, string? Arch, string? Runtime, string? Actor, bool Ci)
{
    public static readonly Machine Unknown = new(null, null, null, null, false);

    public string? OsVersion { get; init; }

    public string? Agent { get; init; }

    public string? CiName { get; init; }

    public string? Shell { get; init; }

    public bool? Terminal { get; init; }
}

/// <summary>A batch as a client sends it.</summary>
public sealed record SentBatch(IReadOnlyList<SentEvent> Events)
{
    /// <summary>The <c>batch_id</c>; <c>null</c> if it is not sent.</summary>
    public string? Id { get; init; }

    /// <summary>Whether it is sent with the key of the test environment.</summary>
    public bool IsTest { get; init; }

    public string? Version { get; init; }

    public string? Sdk { get; init; }

    public Machine Machine { get; init; } = Machine.Unknown;

    /// <summary>Returns the request body.</summary>
    public byte[] ToJson()
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            WriteText("batch_id", Id);
            WriteText("service_version", Version);
            WriteText("sdk", Sdk);
            json.WriteStartObject("context");
            WriteText("os", Machine.Os);
            WriteText("arch", Machine.Arch);
            WriteText("runtime", Machine.Runtime);
            WriteText("actor", Machine.Actor);
            WriteText("os_version", Machine.OsVersion);
            WriteText("agent", Machine.Agent);
            WriteText("ci_name", Machine.CiName);
            WriteText("shell", Machine.Shell);
            if (Machine.Terminal is { } terminal)
                json.WriteBoolean("terminal", terminal);
            if (Machine.Ci)
                json.WriteBoolean("ci", true);
            json.WriteEndObject();
            json.WriteStartArray("events");
            foreach (var sent in Events)
                sent.Write(json);
            json.WriteEndArray();
            json.WriteEndObject();

            void WriteText(string name, string? value)
            {
                if (value is not null)
                    json.WriteString(name, value);
            }
        }

        return output.ToArray();
    }

    public override string ToString()
    {
        var text = new StringBuilder(IsTest ? "send test" : "send");
        foreach (var (name, value) in new[]
            {
                ("batch", Id), ("version", Version), ("sdk", Sdk), ("os", Machine.Os), ("arch", Machine.Arch),
                ("runtime", Machine.Runtime), ("actor", Machine.Actor), ("ci", Machine.Ci ? "true" : null),
                ("os_version", Machine.OsVersion), ("agent", Machine.Agent), ("ci_name", Machine.CiName), ("shell", Machine.Shell),
                ("terminal", Machine.Terminal?.ToString().ToLowerInvariant()),
            })
        {
            if (value is not null)
                text.Append(' ').Append(name).Append('=').Append(Printed.Text(value));
        }

        foreach (var sent in Events)
            text.Append("\n      ").Append(sent);
        return text.ToString();
    }
}

/// <summary>Prints hostile texts on one line.</summary>
internal static class Printed
{
    private const int Longest = 40;

    public static string Text(string value)
    {
        if (value.Length > Longest && value.Distinct().Count() == 1)
            return $"{Text(value[..1])}×{value.Length}";
        return value.All(c => c is > ' ' and < '\x7f') ? value : JsonSerializer.Serialize(value);
    }
}
