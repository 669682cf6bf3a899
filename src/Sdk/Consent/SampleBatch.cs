using TelemetryKit.Context;
using TelemetryKit.Json;
using TelemetryKit.Options;
using TelemetryKit.Pipeline;
using TelemetryKit.Platform;

namespace TelemetryKit.Consent;

/// <summary>
/// An example of what this machine would send, created by the code that creates real batches. Only the ids are random, because asking
/// must not store anything.
/// </summary>
internal static class SampleBatch
{
    public static string Json(OptionValues options, Host host)
    {
        var lines = new Utf8Buffer();
        var now = host.Clock.UtcNow;
        var writer = new EventWriter(
            options, new(), Installation.Transient().UserId, new Uuid7().Create(now));
        writer.TryWrite(
            new()
            {
                Type = TelemetryEventTypes.CommandExecuted,
                SubjectKey = "command",
                Subject = "build",
                UtcTicks = now.UtcTicks,
                DurationMs = 1234.5,
                Success = true,
            },
            lines);
        var batch = new TelemetryBatch(
            Guid.ParseExact(new Uuid7().Create(now), "N"), now,
            System.Text.Encoding.UTF8.GetString(ContextDetector.Head(options, host, ephemeral: false)), lines.Bytes, lines.Length);
        return JsonIndenter.Indent(System.Text.Encoding.UTF8.GetString(batch.ToJson(now)));
    }
}
