namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>A hosted server that sells plans, with a demo project and the operator's texts.</summary>
public sealed class HostedSite : IAsyncLifetime
{
    private const string Privacy =
        """
        # Who we are

        Example Ltd. We keep your address as long as you have an **account**, see [the terms](/terms).

        - Mails are sent by `mail.example.org`.
        - <script>document.title = "from the text"</script>
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-hosted-").FullName;
    private Site? _site;

    /// <summary>The server.</summary>
    public Site Site => _site ?? throw new InvalidOperationException("The server isn't started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Chromium.MissingReason is not null)
            return;
        var (privacy, terms) = (Path.Combine(_folder, "privacy.md"), Path.Combine(_folder, "terms.txt"));
        await File.WriteAllTextAsync(privacy, Privacy);
        await File.WriteAllTextAsync(terms, "1. Be kind.\n2. Pay in time.");
        _site = await Site.StartAsync(
            "sqlite", hosted: true, "--demo", "--TELEMETRYKIT_PRIVACY_FILE", privacy, "--TELEMETRYKIT_TERMS_FILE", terms);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_site is not null)
            await _site.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
