using System.Net;
using Microsoft.Extensions.Configuration;
using TelemetryKit.Api.Settings;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Settings;

public class ClusterSettingsTests
{
    private const string Postgres = "Host=db;Database=telemetrykit";

    [Fact]
    public void A_process_is_on_its_own_by_default()
    {
        var (settings, faults) = Read(ProcessKind.Server);
        Assert.Empty(faults.Sentences);
        Assert.Equal((ClusterRole.Off, IPAddress.Loopback, 0, null), Ports(settings));
        Assert.Equal(ClusterRole.Off, Read(ProcessKind.Server, ("TELEMETRYKIT_CLUSTER", "off")).Settings.Role);
    }

    [Fact]
    public void A_member_has_an_address_and_ports()
    {
        var (settings, faults) = Read(
            ProcessKind.Server, ("TELEMETRYKIT_CLUSTER", "member"), ("TELEMETRYKIT_POSTGRES", Postgres), ("POD_IP", "10.0.0.5"));
        Assert.Empty(faults.Sentences);
        Assert.Equal((ClusterRole.Member, IPAddress.Parse("10.0.0.5"), 11111, null), Ports(settings));

        (settings, faults) = Read(
            ProcessKind.Server,
            ("TELEMETRYKIT_CLUSTER", "member"),
            ("TELEMETRYKIT_POSTGRES", Postgres),
            ("POD_IP", "10.0.0.5"),
            ("POD_NAME", "telemetrykit-0"),
            ("TELEMETRYKIT_SILO_ADDRESS", "fd00::5"),
            ("TELEMETRYKIT_SILO_PORT", "0"),
            ("TELEMETRYKIT_GATEWAY_PORT", "30001"));
        Assert.Empty(faults.Sentences);
        Assert.Equal((ClusterRole.Member, IPAddress.Parse("fd00::5"), 0, 30001), Ports(settings));
        Assert.Equal("telemetrykit-0", settings.SiloName);
    }

    [Fact]
    public void A_silo_is_a_member_with_a_gateway()
    {
        var (settings, faults) = Read(ProcessKind.Silo, ("TELEMETRYKIT_POSTGRES", Postgres), ("POD_IP", "10.0.0.5"));
        Assert.Empty(faults.Sentences);
        Assert.Equal((ClusterRole.Member, IPAddress.Parse("10.0.0.5"), 11111, 30000), Ports(settings));
    }

    [Theory]
    [InlineData("TELEMETRYKIT_CLUSTER must be off, member or client", "TELEMETRYKIT_CLUSTER=yes")]
    [InlineData("TELEMETRYKIT_CLUSTER=client requires TELEMETRYKIT_POSTGRES", "TELEMETRYKIT_CLUSTER=client")]
    [InlineData("TELEMETRYKIT_CLUSTER=member requires TELEMETRYKIT_POSTGRES", "TELEMETRYKIT_CLUSTER=member;POD_IP=10.0.0.5")]
    [InlineData("A member of a cluster requires TELEMETRYKIT_SILO_ADDRESS", "TELEMETRYKIT_CLUSTER=member;TELEMETRYKIT_POSTGRES=")]
    [InlineData("POD_IP is not the address", "TELEMETRYKIT_CLUSTER=member;TELEMETRYKIT_POSTGRES=;POD_IP=telemetrykit-0")]
    [InlineData(
        "TELEMETRYKIT_SILO_ADDRESS is not the address",
        "TELEMETRYKIT_CLUSTER=member;TELEMETRYKIT_POSTGRES=;POD_IP=10.0.0.5;TELEMETRYKIT_SILO_ADDRESS=0.0.0.0")]
    [InlineData(
        "TELEMETRYKIT_SILO_PORT is not a port",
        "TELEMETRYKIT_CLUSTER=member;TELEMETRYKIT_POSTGRES=;POD_IP=10.0.0.5;TELEMETRYKIT_SILO_PORT=65536")]
    [InlineData(
        "TELEMETRYKIT_GATEWAY_PORT is not a port",
        "TELEMETRYKIT_CLUSTER=member;TELEMETRYKIT_POSTGRES=;POD_IP=10.0.0.5;TELEMETRYKIT_GATEWAY_PORT=-1")]
    [InlineData("TELEMETRYKIT_ORLEANS_DASHBOARD requires TELEMETRYKIT_OPERATOR_TOKEN", "TELEMETRYKIT_ORLEANS_DASHBOARD=true")]
    public void A_fault_names_its_setting(string fault, string settings)
    {
        var pairs = settings.Split(';').Select(pair => pair.Split('=', 2))
            .Select(pair => (pair[0], pair is ["TELEMETRYKIT_POSTGRES", ""] ? Postgres : pair[1]));
        Assert.StartsWith(fault, Assert.Single(Read(ProcessKind.Server, [.. pairs]).Faults.Sentences), StringComparison.Ordinal);
    }

    [Fact]
    public void A_silo_is_neither_a_client_nor_on_its_own()
    {
        var (_, faults) = Read(
            ProcessKind.Silo, ("TELEMETRYKIT_POSTGRES", Postgres), ("POD_IP", "10.0.0.5"), ("TELEMETRYKIT_CLUSTER", "off"));
        Assert.StartsWith("TELEMETRYKIT_CLUSTER must be member", Assert.Single(faults.Sentences), StringComparison.Ordinal);
    }

    private static (ClusterRole Role, IPAddress Address, int SiloPort, int? GatewayPort) Ports(ClusterSettings settings) =>
        (settings.Role, settings.Address, settings.SiloPort, settings.GatewayPort);

    private static (ClusterSettings Settings, SettingFaults Faults) Read(ProcessKind kind, params (string Name, string Value)[] settings)
    {
        var values = settings.Append(("TELEMETRYKIT_SECRET", TestSecret.Text))
            .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2));
        var (read, faults) = ServerSettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection(values).Build(), new CommandLine(), kind);
        return (read.Cluster, faults);
    }
}
