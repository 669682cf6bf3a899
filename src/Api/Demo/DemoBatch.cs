using System.Buffers;
using System.Text.Json;

namespace TelemetryKit.Api.Demo;

/// <summary>Writes a session as a request body, in the format of an SDK.</summary>
internal static class DemoBatch
{
    /// <summary>Returns the request body.</summary>
    public static ReadOnlySequence<byte> Write(DemoSession session)
    {
        var body = new ArrayBufferWriter<byte>(2_048);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("batch_id", session.BatchId);
        json.WriteString("service_name", DemoTool.Name);
        json.WriteString("service_version", session.Release.ToString());
        json.WriteString("sdk", "dotnet/1.0.0");
        WriteContext(json, session.Install);
        json.WriteStartArray("events");
        foreach (var e in session.Events)
            WriteEvent(json, session, e);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return new(body.WrittenMemory);
    }

    private static void WriteContext(Utf8JsonWriter json, DemoInstall install)
    {
        json.WriteStartObject("context");
        json.WriteString("os", install.Os);
        json.WriteString("os_version", install.OsVersion);
        json.WriteString("arch", install.Arch);
        json.WriteString("runtime", install.Runtime);
        json.WriteString("actor", install.Actor);
        json.WriteBoolean("ci", install.Actor == "ci");
        if (install.Shell is not null)
            json.WriteString("shell", install.Shell);
        if (install.ActorName is not null)
            json.WriteString(install.Actor == "ci" ? "ci_name" : "agent", install.ActorName);
        json.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter json, DemoSession session, DemoEvent e)
    {
        json.WriteStartObject();
        json.WriteString("event_type", e.Type);
        json.WriteString("timestamp", e.Time);
        json.WriteString("user_id", session.Install.UserId);
        json.WriteString("session_id", session.BatchId);
        // Only commands are runs: a used feature and an error have no outcome of their own.
        if (e.ExitCode is { } exitCode)
            json.WriteBoolean("success", exitCode == 0);
        if (e.DurationMs is { } duration)
            json.WriteNumber("duration_ms", Math.Round(duration));
        json.WriteStartObject("metadata");
        json.WriteString(e.Type switch { "command_executed" => "command", "feature_used" => "feature", _ => "name" }, e.Subject);
        if (e.ExitCode is { } code)
            json.WriteNumber("exit_code", code);
        if (e.Target is not null)
            json.WriteString("target", e.Target);
        if (e.Flags.Count > 0)
        {
            json.WriteStartArray("flags");
            foreach (var flag in e.Flags)
                json.WriteStringValue(flag);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
