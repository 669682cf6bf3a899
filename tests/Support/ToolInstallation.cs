using System.Text.Json;

namespace TelemetryKit.Support;

/// <summary>A home with a tool that uses the SDK, and whose user has allowed it to record. Each use is a process.</summary>
/// <param name="service">The tool's service name.</param>
/// <param name="key">The tool's write key.</param>
/// <param name="endpoint">The address of the server.</param>
public sealed class ToolInstallation(string service, string key, string endpoint) : IDisposable
{
    private static readonly TimeSpan RunTime = TimeSpan.FromMinutes(2);

    private readonly string _home = Directory.CreateTempSubdirectory("telemetrykit-tool-").FullName;
    private string? _folder;

    /// <summary>The address of the server.</summary>
    public string Endpoint { get; set; } = endpoint;

    /// <summary>Records features, and sends them within a minute.</summary>
    public Task SendAsync(params string[] features) => SendAsync(TimeSpan.FromMinutes(1), features);

    /// <summary>Records features, and tries to send them for a time.</summary>
    public async Task SendAsync(TimeSpan most, params string[] features)
    {
        await FolderAsync();
        IEnumerable<object> calls = features.Select(feature => new { call = "feature", name = feature });
        await RunAsync(await WriteScriptAsync([.. calls, new { call = "deliver", ms = most.TotalMilliseconds }]));
    }

    /// <summary>Runs <c>telemetry</c> with a subcommand, and returns what it prints.</summary>
    public async Task<string> RunCommandAsync(string subcommand)
    {
        await FolderAsync();
        return await RunAsync(await WriteScriptAsync([]), "telemetry", subcommand);
    }

    /// <summary>Allows the tool to record, if it isn't allowed yet. Returns the folder in which the SDK keeps the tool's data.</summary>
    public async Task<string> FolderAsync()
    {
        if (_folder is null)
        {
            _folder = (await RunAsync("--paths", service)).Split('\n', StringSplitOptions.TrimEntries)[1];
            await RunAsync(await WriteScriptAsync([]), "telemetry", "on");
        }

        return _folder;
    }

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(_home, recursive: true);

    private async Task<string> WriteScriptAsync(object[] calls)
    {
        var script = Path.Combine(_home, "script.json");
        await File.WriteAllTextAsync(script, JsonSerializer.Serialize(new { service, key, endpoint = Endpoint, calls }));
        return script;
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var driver = new DriverProcess(_home, _home, arguments, new Dictionary<string, string?>());
        var ended = await driver.EndAsync(RunTime, signal: null);
        return ended is { ExitCode: 0, WasKilled: false }
            ? ended.Output
            : throw new InvalidOperationException($"The tool exited with {ended.ExitCode}:\n{ended.Output}{ended.Error}");
    }
}
