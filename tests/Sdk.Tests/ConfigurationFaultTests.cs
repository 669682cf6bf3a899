using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>A fault of the author in the configuration: nothing is recorded, and the user's command acts on the real service.</summary>
public sealed class ConfigurationFaultTests : IDisposable
{
    private readonly TestHost _host = new();

    private string Consent => ServicePaths.Consent(_host.Root, "my-cli");

    [Fact]
    public void Nothing_is_recorded_and_off_is_stored_for_the_service()
    {
        using var client = Create();
        Assert.False(client.IsEnabled);
        client.TrackFeature("x");
        Assert.Equal(ConsentState.Denied, client.Consent.State);
        Assert.Equal("configuration", client.Consent.Reason);
        Assert.Equal(0, Run(client, "off", out var output));
        Assert.Contains("telemetry: off (user)", output, StringComparison.Ordinal);
        Assert.Contains("could not configure its telemetry: UriFormatException", output, StringComparison.Ordinal);
        Assert.Equal([Consent], _host.Files());
        Assert.Contains("denied", File.ReadAllText(Consent), StringComparison.Ordinal);
    }

    [Fact]
    public void On_says_that_it_has_no_effect()
    {
        using var client = Create();
        Assert.Equal(1, Run(client, "on", out var output));
        Assert.Contains("Telemetry stays off because of configuration.", output, StringComparison.Ordinal);
        Assert.False(client.IsEnabled);
        Assert.Empty(_host.Files());
    }

    [Fact]
    public void Delete_stores_the_request_and_sends_it_to_no_server_because_the_address_is_not_known()
    {
        var folder = ServicePaths.Service(_host.Root, "my-cli");
        Installation.Load(_host.Root, folder, "my-cli");
        using var client = Create();
        Assert.Equal(0, Run(client, "delete", out var output));
        Assert.Contains("No server was asked", output, StringComparison.Ordinal);
        Assert.Contains("The request waits", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "erasure-secret")));
        Assert.True(File.Exists(Path.Combine(folder, "erase-pending")));
        Assert.Null(client.Erasures());
    }

    [Theory]
    [InlineData("off")]
    [InlineData("on")]
    public void Without_a_name_nothing_is_stored_and_the_command_says_so(string subcommand)
    {
        using var client = TelemetryKitClient.Create(new TelemetryOptions { ServiceName = " " }, _host);
        Assert.Equal(1, Run(client, subcommand, out var output));
        Assert.Contains("the service name is empty", output, StringComparison.Ordinal);
        Assert.Empty(_host.Files());
    }

    public void Dispose() => _host.Dispose();

    // The public method, with the variables of this machine.
    private TelemetryKitClient Create() => TelemetryKitClient.Create("my-cli", Clients.Key, options =>
    {
        options.Directory = _host.Root;
        options.Endpoint = new Uri("bad");
    });

    private static int Run(TelemetryKitClient client, string subcommand, out string output)
    {
        using var written = new StringWriter();
        var exitCode = TelemetryCommands.Run(subcommand, client, written);
        output = written.ToString();
        return exitCode;
    }
}
