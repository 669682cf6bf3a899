using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Api.Settings;

/// <summary>The validated settings of the cluster.</summary>
internal sealed record ClusterSettings
{
    /// <summary>The time for which a process of a cluster still serves requests after it reported that it isn't ready.</summary>
    public static readonly TimeSpan StopDelay = TimeSpan.FromSeconds(2);

    private const int DefaultSiloPort = 11111;
    private const int DefaultGatewayPort = 30000;

    /// <summary>The role of the process.</summary>
    public ClusterRole Role { get; private init; }

    /// <summary>The address of this process for the other processes of the cluster.</summary>
    public IPAddress Address { get; private init; } = IPAddress.Loopback;

    /// <summary>The port for other members; 0 for a free one.</summary>
    public int SiloPort { get; private init; }

    /// <summary>The port for clients, or <c>null</c> if none can connect; 0 for a free one.</summary>
    public int? GatewayPort { get; private init; }

    /// <summary>The name of the silo, or <c>null</c> for the default.</summary>
    public string? SiloName { get; private init; }

    /// <summary>Whether the Orleans Dashboard is served.</summary>
    public bool HasDashboard { get; private init; }

    /// <summary>Reads and validates the settings.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="kind">The kind of process: a silo is a member with a gateway.</param>
    /// <param name="hasPostgres">Whether the store is PostgreSQL.</param>
    /// <param name="hasOperatorToken">Whether the operator's token is set.</param>
    /// <param name="faults">The faults, to which those of these settings are added.</param>
    public static ClusterSettings Read(
        IConfiguration configuration, ProcessKind kind, bool hasPostgres, bool hasOperatorToken, SettingFaults faults)
    {
        var role = ReadRole(configuration, kind, faults);
        if (role != ClusterRole.Off && !hasPostgres)
            faults.Add($"TELEMETRYKIT_CLUSTER={Name(role)} requires TELEMETRYKIT_POSTGRES: processes find each other in PostgreSQL.");
        var hasDashboard = AccountSettings.Switch(configuration, "TELEMETRYKIT_ORLEANS_DASHBOARD", faults);
        if (hasDashboard && !hasOperatorToken)
            faults.Add("TELEMETRYKIT_ORLEANS_DASHBOARD requires TELEMETRYKIT_OPERATOR_TOKEN, which is its password.");
        var settings = new ClusterSettings { Role = role, HasDashboard = hasDashboard };
        if (role != ClusterRole.Member)
            return settings;
        return settings with
        {
            Address = ReadAddress(configuration, faults),
            SiloPort = ReadPort(configuration, "TELEMETRYKIT_SILO_PORT", faults) ?? DefaultSiloPort,
            GatewayPort = ReadPort(configuration, "TELEMETRYKIT_GATEWAY_PORT", faults)
                ?? (kind == ProcessKind.Silo ? DefaultGatewayPort : null),
            SiloName = ServerSettings.Text(configuration, "POD_NAME"),
        };
    }

    private static ClusterRole ReadRole(IConfiguration configuration, ProcessKind kind, SettingFaults faults)
    {
        var text = ServerSettings.Text(configuration, "TELEMETRYKIT_CLUSTER");
        if (kind == ProcessKind.Silo)
        {
            if (text is not null and not "member")
                faults.Add("TELEMETRYKIT_CLUSTER must be member, or not be set: a silo is always a member.");
            return ClusterRole.Member;
        }

        switch (text)
        {
            case null or "off":
                return ClusterRole.Off;
            case "member":
                return ClusterRole.Member;
            case "client":
                return ClusterRole.Client;
            default:
                faults.Add("TELEMETRYKIT_CLUSTER must be off, member or client.");
                return ClusterRole.Off;
        }
    }

    private static string Name(ClusterRole role) => role == ClusterRole.Member ? "member" : "client";

    private static IPAddress ReadAddress(IConfiguration configuration, SettingFaults faults)
    {
        const string Setting = "TELEMETRYKIT_SILO_ADDRESS";
        var name = ServerSettings.Text(configuration, Setting) is null ? "POD_IP" : Setting;
        if (ServerSettings.Text(configuration, name) is not { } text)
        {
            faults.Add($"A member of a cluster requires {Setting} (or POD_IP): the address at which other members reach this process.");
            return IPAddress.Loopback;
        }

        if (IPAddress.TryParse(text, out var address) && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
            && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Broadcast)
            && !address.IsIPv6Multicast && address.GetAddressBytes()[0] is < 224 or > 239)
            return address;
        faults.Add($"{name} is not the address of one machine (examples: 10.0.0.5, fd00::5).");
        return IPAddress.Loopback;
    }

    private static int? ReadPort(IConfiguration configuration, string name, SettingFaults faults)
    {
        if (ServerSettings.Text(configuration, name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue)
            return port;
        faults.Add($"{name} is not a port: a number from 0 to {ushort.MaxValue}, where 0 is a free one.");
        return null;
    }
}
