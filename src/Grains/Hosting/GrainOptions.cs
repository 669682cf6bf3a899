using System.Data.Common;
using System.Net;

namespace TelemetryKit.Grains.Hosting;

/// <summary>How a process hosts grains.</summary>
public sealed record GrainOptions
{
    /// <summary>The role of the process.</summary>
    public ClusterRole Role { get; init; }

    /// <summary>
    /// The PostgreSQL database in which the processes of a cluster find each other, with the tables of the migration <c>cluster</c>;
    /// required unless <see cref="Role"/> is <see cref="ClusterRole.Off"/>.
    /// </summary>
    public DbDataSource? Database { get; init; }

    /// <summary>The address of this process for other members, to which its ports are bound. Unused by clients.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port for other members, or 0 for a free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>The port for clients, or <c>null</c> if none can connect. 0 is a free one.</summary>
    public int? GatewayPort { get; init; }

    /// <summary>The name of the silo in logs and on the dashboard.</summary>
    public string SiloName { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Whether calls of grains are part of traces.</summary>
    public bool TracesCalls { get; init; }

    /// <summary>Whether the Orleans Dashboard can be mapped (<see cref="DashboardSetup"/>). It costs start time and memory.</summary>
    public bool HasDashboard { get; init; }
}
