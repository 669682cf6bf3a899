namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>A server with the demo project, which is started once.</summary>
public sealed class DemoSite : IAsyncLifetime
{
    private Site? _site;

    /// <summary>The address.</summary>
    public Uri Address => _site!.Server.Address;

    /// <summary>The path of the demo project, as printed.</summary>
    public string Project { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Chromium.MissingReason is not null)
            return;
        _site = await Site.StartAsync("sqlite", hosted: false, "--demo");
        Project = new Uri(await _site.PrintedLinkAsync("projects/")).AbsolutePath;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _site?.DisposeAsync() ?? ValueTask.CompletedTask;
}
