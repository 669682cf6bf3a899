namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>A hosted server for each storage, which all walks share. Each walk has accounts of its own.</summary>
public sealed class Sites : IAsyncDisposable
{
    private readonly Dictionary<string, Site> _hosted = [];

    /// <summary>Both storages.</summary>
    public static TheoryData<string> Storages() => new("sqlite", "postgres");

    /// <summary>Returns the hosted server with a storage.</summary>
    /// <param name="storage"><c>sqlite</c> or <c>postgres</c>.</param>
    public async Task<Site> HostedAsync(string storage)
    {
        Assert.SkipWhen(Chromium.MissingReason is not null, Chromium.MissingReason ?? "");
        if (!_hosted.TryGetValue(storage, out var site))
            _hosted[storage] = site = await Site.StartAsync(storage, hosted: true);
        return site;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var site in _hosted.Values)
            await site.DisposeAsync();
    }
}
