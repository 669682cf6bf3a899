using System.Globalization;
using System.Text;
using TelemetryKit.Api.Accounts.SignUp;
using TelemetryKit.Api.Keys;
using TelemetryKit.Api.Server;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Api.Start;

/// <summary>
/// Prints the addresses, the keys and the owner's link when the server is ready. The text is written to the console and not logged, because
/// it is the only place that contains new keys, and logs are collected.
/// </summary>
internal sealed class Banner(TextWriter console, ServerAddress address, ServerSettings settings, IStore store, OwnerLink? owner = null)
{
    private const string ExampleBatch =
        """{"events":[{"event_type":"command_executed","user_id":"me","success":true,"duration_ms":120,"metadata":{"command":"build"}}]}""";

    /// <summary>Waits for the addresses and prints the banner.</summary>
    public async Task PrintAsync(IReadOnlyList<BootstrapKey> keys, CancellationToken cancellationToken)
    {
        var urls = await address.ListeningAsync(cancellationToken);
        var text = new StringBuilder();
        var (name, isSilo) = settings.Kind == ProcessKind.Silo ? ("TelemetryKit silo", true) : ("TelemetryKit", false);
        text.AppendLine(CultureInfo.InvariantCulture, $"{name} {ServerVersion.Text} listens on {string.Join(", ", urls)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Data: {store.Description}");
        if (settings.Storage.Secrets is SecretFile { File: var secret })
            text.AppendLine(CultureInfo.InvariantCulture, $"Secret: {secret} (the data is of no use without it: keep a copy elsewhere)");
        AppendCluster(text, settings.Cluster);
        if (!isSilo)
        {
            AppendKeys(text, Bootstrap.ProjectName, keys);
            AppendCurl(text, await address.UrlAsync(cancellationToken), keys);
            text.AppendLine(CultureInfo.InvariantCulture, $"Open {await address.UrlAsync(cancellationToken)}");
        }

        await WriteAsync(text, cancellationToken);
    }

    /// <summary>Creates a link to become the owner, and prints it, if the server has no owner and isn't the hosted service.</summary>
    public async Task PrintOwnerLinkAsync(CancellationToken cancellationToken)
    {
        if (owner is null || await owner.CreateAsync(cancellationToken) is not { } link)
            return;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Become the owner of this server, once and within a day: {link}");
        await WriteAsync(text, cancellationToken);
    }

    private async Task WriteAsync(StringBuilder text, CancellationToken cancellationToken)
    {
        await console.WriteAsync(text, cancellationToken);
        await console.FlushAsync(cancellationToken);
    }

    private static void AppendCluster(StringBuilder text, ClusterSettings cluster)
    {
        if (cluster.Role == ClusterRole.Member)
            text.AppendLine(CultureInfo.InvariantCulture, $"Cluster: member at {cluster.Address}");
        else if (cluster.Role == ClusterRole.Client)
            text.AppendLine("Cluster: client");
    }

    /// <summary>Appends a project's keys. Only new keys are printed in full.</summary>
    private static void AppendKeys(StringBuilder text, string project, IReadOnlyList<BootstrapKey> keys)
    {
        if (keys.Count == 0)
            return;
        var note = keys.Any(key => key.IsNew) ? ", which are not shown again" : "";
        text.AppendLine(CultureInfo.InvariantCulture, $"Keys of the project \"{project}\"{note}:");
        foreach (var key in keys)
        {
            var shown = key.IsNew ? key.Text : key.Text[..ApiKey.ShownLength] + "…";
            text.Append("  ").Append(KeyBody.CodeOf(key.Kind).PadRight(6)).AppendLine(shown);
        }
    }

    private static void AppendCurl(StringBuilder text, string url, IReadOnlyList<BootstrapKey> keys)
    {
        text.AppendLine("Send an event and read it back:");
        var (writeKey, readKey) = (Shown(keys, KeyKind.Live, "$WRITE_KEY"), Shown(keys, KeyKind.Read, "$READ_KEY"));
        text.AppendLine(CultureInfo.InvariantCulture, $"""
              curl -s {url}/v1/events -H "Authorization: Bearer {writeKey}" -H "Content-Type: application/json" -d '{ExampleBatch}'
              curl -s "{url}/v1/stats/top?by=command" -H "Authorization: Bearer {readKey}"
            """);
    }

    private static string Shown(IReadOnlyList<BootstrapKey> keys, KeyKind kind, string otherwise) =>
        keys.FirstOrDefault(key => key.Kind == kind && key.IsNew)?.Text ?? otherwise;
}
