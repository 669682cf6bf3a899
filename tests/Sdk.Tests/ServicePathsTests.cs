using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>No two tools share a file, a decision or a variable by accident.</summary>
public sealed class ServicePathsTests : IDisposable
{
    private static readonly string[] Names =
    [
        "工具", "应用", "my cli", "my-cli", "my/cli", "My-Cli", "my_cli", "my.cli", "my-cli-consent.json", "my-cli.db", new string('x', 64),
        new string('x', 64) + "1", new string('x', 64) + "2", "..", ".", "-", "con", "NUL.txt", "é", "e\u0301", "\uD800", "\uDC00", "a\0b",
    ];

    private readonly TestHost _host = new();

    [Fact]
    public void No_two_names_share_files_even_if_case_does_not_count()
    {
        var files = Names.Select(ServicePaths.FileName).ToList();
        var longer = files.SelectMany(file => new[] { file, file + "-consent.json", file + ".db" }).ToList();
        Assert.Equal(longer.Count, longer.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(files, file => Assert.Matches("^[a-z0-9][a-z0-9._-]{0,31}-[0-9a-f]{16}$", file));
    }

    [Fact]
    public void A_yes_to_one_tool_is_no_yes_to_another()
    {
        foreach (var name in new[] { "工具", "my-cli", new string('x', 64) + "1" })
        {
            using var client = Create(name);
            Assert.True(client.Consent.Grant());
            client.TrackFeature("x");
        }

        foreach (var name in new[] { "应用", "my cli", "my/cli", new string('x', 64) + "2" })
        {
            using var client = Create(name);
            Assert.Equal(ConsentState.Unknown, client.Consent.State);
        }

        Assert.Equal(3, _host.Files("user-id").Select(File.ReadAllText).Distinct().Count());
    }

    [Theory]
    [InlineData("my-cli", "MY_CLI_TELEMETRY")]
    [InlineData("7zip", "_7ZIP_TELEMETRY")]
    [InlineData("工具", "U5DE5U5177_TELEMETRY")]
    [InlineData("应用", "U5E94U7528_TELEMETRY")]
    public void A_variable_can_be_exported(string name, string variable) => Assert.Equal(variable, Switches.VariableOf(name));

    [Fact]
    public void The_directories_of_XDG_are_honoured()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "They belong to other systems.");
        var state = Path.Combine(_host.Folder, "state");
        var data = Path.Combine(_host.Folder, "data");
        _host.Variables["XDG_DATA_HOME"] = data;
        Assert.Equal(Path.Combine(data, "telemetry-kit"), Root());
        _host.Variables["XDG_STATE_HOME"] = state;
        Assert.Equal(Path.Combine(state, "telemetry-kit"), Root());
        // A relative path is to be ignored, says the specification.
        _host.Variables["XDG_STATE_HOME"] = "state";
        Assert.Equal(Path.Combine(data, "telemetry-kit"), Root());
        _host.Variables["XDG_DATA_HOME"] = "";
        Assert.Equal(_host.Root, Root());
        _host.Variables["XDG_STATE_HOME"] = state;
        using (var client = Create("my-cli"))
            Assert.True(client.Consent.Grant());
        Assert.Empty(_host.Files());
        Assert.Single(Directory.GetFiles(Path.Combine(state, "telemetry-kit"), "my-cli-*-consent.json"));
    }

    public void Dispose() => _host.Dispose();

    private string? Root() => ServicePaths.Root(new TelemetryOptions { ServiceName = "my-cli" }.Values, _host);

    private TelemetryKitClient Create(string name) =>
        TelemetryKitClient.Create(new() { ServiceName = name, Key = Clients.Key, Endpoint = new("http://127.0.0.1:9") }, _host);
}
