using System.Buffers;
using System.Text.Json;

namespace TelemetryKit.Api.WarmUp;

/// <summary>Writes the batches of a rehearsal, in the format of an SDK.</summary>
internal static class RehearsalBatch
{
    private const int LargeBatch = 50;
    private static readonly string[] Commands = ["build", "test", "run", "publish"];

    /// <summary>Returns the body of a request. Batches have one event or many, known installs and new ones.</summary>
    public static ReadOnlySpan<byte> Write(int connection, int number, DateTimeOffset now)
    {
        var body = new ArrayBufferWriter<byte>(16 * 1_024);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("batch_id", Guid.CreateVersion7(now));
        json.WriteString("service_name", "rehearsal");
        json.WriteString("service_version", "1.0.0");
        json.WriteString("sdk", "dotnet/1.0.0");
        json.WriteString("sent_at", now);
        WriteContext(json, connection);
        json.WriteStartArray("events");
        var events = (connection + number) % 2 == 0 ? LargeBatch : 1;
        for (var i = 0; i < events; i++)
            WriteEvent(json, $"{connection}-{number / 8}", i, now.AddMilliseconds(-i));
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return body.WrittenSpan;
    }

    private static void WriteContext(Utf8JsonWriter json, int connection)
    {
        json.WriteStartObject("context");
        json.WriteString("os", connection % 2 == 0 ? "linux" : "macos");
        json.WriteString("os_version", "14.0");
        json.WriteString("arch", "x64");
        json.WriteString("runtime", "dotnet 10.0");
        json.WriteString("actor", connection % 2 == 0 ? "human" : "ci");
        json.WriteBoolean("ci", connection % 2 != 0);
        json.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter json, string user, int i, DateTimeOffset time)
    {
        json.WriteStartObject();
        // Without an id, the server makes one.
        if (i % 2 == 0)
            json.WriteString("event_id", Guid.CreateVersion7(time));
        json.WriteString("event_type", i % 8 == 0 ? "feature_used" : "command_executed");
        json.WriteString("timestamp", time);
        json.WriteString("user_id", user);
        json.WriteString("session_id", user);
        json.WriteBoolean("success", i % 16 != 0);
        json.WriteNumber("duration_ms", 1_000 + i);
        json.WriteStartObject("metadata");
        json.WriteString(i % 8 == 0 ? "feature" : "command", Commands[i % Commands.Length]);
        json.WriteString("target", "production");
        json.WriteNumber("exit_code", 0);
        json.WriteBoolean("cached", true);
        json.WriteStartArray("flags");
        json.WriteStringValue("--verbose");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
