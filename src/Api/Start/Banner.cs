using System.Globalization;
using System.Text;
using TelemetryKit.Api.Keys;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Start;

/// <summary>
/// What the server says when it is ready. It goes to the console and never through a logger: it is the one place that shows new keys,
/// once, and logs are collected.
/// </summary>
internal sealed class Banner(TextWriter console, ServerAddress address, IStore store)
{
    /// <summary>Prints it, once the addresses are known.</summary>
    public async Task PrintAsync(IReadOnlyList<BootstrapKey> keys, CancellationToken cancellationToken)
    {
        var urls = await address.ListeningAsync(cancellationToken);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"TelemetryKit {ServerVersion.Text} listens on {string.Join(", ", urls)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Data: {store.Description}");
        AppendKeys(text, Bootstrap.ProjectName, keys);
        AppendCurl(text, await address.UrlAsync(cancellationToken), keys);
        await console.WriteAsync(text, cancellationToken);
        await console.FlushAsync(cancellationToken);
    }

    /// <summary>Writes a project's keys, whole where they are new.</summary>
    private static void AppendKeys(StringBuilder text, string project, IReadOnlyList<BootstrapKey> keys)
    {
        if (keys.Count == 0)
            return;
        text.AppendLine(keys.Any(key => key.IsNew) ? $"Keys of the project \"{project}\", shown this once:" : $"Keys of the project \"{project}\":");
        foreach (var key in keys)
            text.Append("  ").Append(KeyBody.CodeOf(key.Kind).PadRight(6)).AppendLine(key.IsNew ? key.Text : key.Text[..ApiKey.ShownLength] + "…");
    }

    private static void AppendCurl(StringBuilder text, string url, IReadOnlyList<BootstrapKey> keys)
    {
        text.AppendLine("Send an event, and read it back:");
        text.AppendLine(CultureInfo.InvariantCulture, $$$"""
              curl -s {{{url}}}/v1/events -H "Authorization: Bearer {{{Shown(keys, KeyKind.Live, "$WRITE_KEY")}}}" -H "Content-Type: application/json" -d '{"events":[{"event_type":"command_executed","user_id":"me","success":true,"duration_ms":120,"metadata":{"command":"build"}}]}'
              curl -s "{{{url}}}/v1/stats/top?by=command" -H "Authorization: Bearer {{{Shown(keys, KeyKind.Read, "$READ_KEY")}}}"
            """);
    }

    private static string Shown(IReadOnlyList<BootstrapKey> keys, KeyKind kind, string otherwise) =>
        keys.FirstOrDefault(key => key.Kind == kind && key.IsNew)?.Text ?? otherwise;
}
